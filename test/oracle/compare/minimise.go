package compare

import (
	"encoding/json"
	"sort"

	"muster.dev/test/oracle/cases"
)

// minimise leaves out nodes, pods, objects and fields as long as the two judges still differ as
// much, and returns what is left. `differs` is asked a few thousand times.
func minimise(found *cases.Case, differs func(*cases.Case) bool) *cases.Case {
	line, err := found.Line()
	if err != nil {
		return found
	}
	var document any
	if err := json.Unmarshal(line, &document); err != nil {
		return found
	}
	smallest := found
	stillDiffers := func() bool {
		text, err := json.Marshal(document)
		if err != nil {
			return false
		}
		tried, err := cases.Parse(text)
		if err != nil || !differs(tried) {
			return false
		}
		smallest = tried
		return true
	}
	for shrunk := true; shrunk; {
		shrunk = shrink(document, func(any) {}, stillDiffers)
	}
	return smallest
}

// shrink tries to leave out every part below `value`, larger parts first. `replace` puts another
// value in its place, which lists need that become shorter.
func shrink(value any, replace func(any), stillDiffers func() bool) bool {
	shrunk := false
	switch parts := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(parts) {
			kept := parts[key]
			delete(parts, key)
			if stillDiffers() {
				shrunk = true
				continue
			}
			parts[key] = kept
			if shrink(kept, func(other any) { parts[key] = other }, stillDiffers) {
				shrunk = true
			}
		}
	case []any:
		for i := len(parts) - 1; i >= 0; i-- {
			shorter := append(append([]any{}, parts[:i]...), parts[i+1:]...)
			replace(shorter)
			if stillDiffers() {
				parts, shrunk = shorter, true
			} else {
				replace(parts)
			}
		}
		for i, part := range parts {
			if shrink(part, func(other any) { parts[i] = other }, stillDiffers) {
				shrunk = true
			}
		}
	}
	return shrunk
}

func sortedKeys(parts map[string]any) []string {
	var keys []string
	for key := range parts {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
