# Compile flags of the whole project, and the two functions that declare its libraries and tests.

set(MUSTER_SANITIZE "" CACHE STRING "Comma-separated -fsanitize= list; empty for none")

add_library(muster_flags INTERFACE)
target_include_directories(muster_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(muster_flags INTERFACE -Wall -Wextra -Wconversion -Wformat=2 -Werror)
target_compile_definitions(muster_flags INTERFACE _GLIBCXX_ASSERTIONS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # When it optimises, g++ 12 takes `"literal" + std::string` for an overlapping copy (GCC bug 105651),
  # and the moved-from inline storage of absl::InlinedVector for a use of uninitialised memory. Both
  # warnings are false there, and come without optimisation where they are right.
  target_compile_options(muster_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's own stable_sort uses what C++17 deprecates.
  target_compile_options(muster_flags INTERFACE -Wno-deprecated-declarations)
endif()

if(MUSTER_SANITIZE)
  target_compile_options(muster_flags INTERFACE -fsanitize=${MUSTER_SANITIZE} -fno-omit-frame-pointer
                                                -fno-sanitize-recover=all)
  target_link_options(muster_flags INTERFACE -fsanitize=${MUSTER_SANITIZE})
else()
  # OpenSSF hardening guide. Fortify and auto-init would blind the sanitizers, so only here.
  target_compile_options(
    muster_flags
    INTERFACE -fstack-protector-strong -fstack-clash-protection -fPIE
              $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>
              $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3> -ftrivial-auto-var-init=zero)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    target_compile_options(muster_flags INTERFACE -fcf-protection)
  endif()
  target_link_options(muster_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# muster_library(NAME SOURCES a.cc ... DEPS libs ...): one folder, one static library.
function(muster_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC muster_flags ${ARG_DEPS})
endfunction()

# muster_test(NAME SOURCES a.cc ... DEPS libs ... LABELS unit|scenario|property|sim|slow)
function(muster_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE muster_flags ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 300)
endfunction()
