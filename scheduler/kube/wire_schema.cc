#include "scheduler/kube/wire_schema.h"

namespace muster::kube {
namespace {

using Kind = WireField::Kind;

constexpr WireField kLabelSelectorRequirement[] = {
    {1, "key", Kind::kText}, {2, "operator", Kind::kText}, {3, "values", Kind::kText, {}, true}};
constexpr WireField kOwnerReference[] = {{1, "kind", Kind::kText},
                                         {3, "name", Kind::kText},
                                         {4, "uid", Kind::kText},
                                         {5, "apiVersion", Kind::kText},
                                         {6, "controller", Kind::kBool}};
constexpr WireField kObjectMeta[] = {{1, "name", Kind::kText},
                                     {3, "namespace", Kind::kText},
                                     {5, "uid", Kind::kText},
                                     {6, "resourceVersion", Kind::kText},
                                     {7, "generation", Kind::kInteger},
                                     {8, "creationTimestamp", Kind::kTime},
                                     {9, "deletionTimestamp", Kind::kTime},
                                     {11, "labels", Kind::kTextMap},
                                     {12, "annotations", Kind::kTextMap},
                                     {13, "ownerReferences", Kind::kObject, kOwnerReference, true}};
constexpr WireField kLabelSelector[] = {
    {1, "matchLabels", Kind::kTextMap},
    {2, "matchExpressions", Kind::kObject, kLabelSelectorRequirement, true}};
constexpr WireField kNodeSelectorRequirement[] = {
    {1, "key", Kind::kText}, {2, "operator", Kind::kText}, {3, "values", Kind::kText, {}, true}};
constexpr WireField kNodeSelectorTerm[] = {
    {1, "matchExpressions", Kind::kObject, kNodeSelectorRequirement, true},
    {2, "matchFields", Kind::kObject, kNodeSelectorRequirement, true}};
constexpr WireField kNodeSelector[] = {
    {1, "nodeSelectorTerms", Kind::kObject, kNodeSelectorTerm, true}};
constexpr WireField kPreferredSchedulingTerm[] = {
    {1, "weight", Kind::kInteger}, {2, "preference", Kind::kObject, kNodeSelectorTerm}};
constexpr WireField kNodeAffinity[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", Kind::kObject, kNodeSelector},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", Kind::kObject, kPreferredSchedulingTerm,
     true}};
constexpr WireField kPodAffinityTerm[] = {{1, "labelSelector", Kind::kObject, kLabelSelector},
                                          {2, "namespaces", Kind::kText, {}, true},
                                          {3, "topologyKey", Kind::kText},
                                          {4, "namespaceSelector", Kind::kObject, kLabelSelector},
                                          {5, "matchLabelKeys", Kind::kText, {}, true},
                                          {6, "mismatchLabelKeys", Kind::kText, {}, true}};
constexpr WireField kWeightedPodAffinityTerm[] = {
    {1, "weight", Kind::kInteger}, {2, "podAffinityTerm", Kind::kObject, kPodAffinityTerm}};
constexpr WireField kPodAffinity[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", Kind::kObject, kPodAffinityTerm, true},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", Kind::kObject, kWeightedPodAffinityTerm,
     true}};
constexpr WireField kAffinity[] = {{1, "nodeAffinity", Kind::kObject, kNodeAffinity},
                                   {2, "podAffinity", Kind::kObject, kPodAffinity},
                                   {3, "podAntiAffinity", Kind::kObject, kPodAffinity}};
constexpr WireField kTopologySpreadConstraint[] = {
    {1, "maxSkew", Kind::kInteger},        {2, "topologyKey", Kind::kText},
    {3, "whenUnsatisfiable", Kind::kText}, {4, "labelSelector", Kind::kObject, kLabelSelector},
    {5, "minDomains", Kind::kInteger},     {6, "nodeAffinityPolicy", Kind::kText},
    {7, "nodeTaintsPolicy", Kind::kText},  {8, "matchLabelKeys", Kind::kText, {}, true}};
constexpr WireField kToleration[] = {{1, "key", Kind::kText},
                                     {2, "operator", Kind::kText},
                                     {3, "value", Kind::kText},
                                     {4, "effect", Kind::kText},
                                     {5, "tolerationSeconds", Kind::kInteger}};
constexpr WireField kPodSchedulingGate[] = {{1, "name", Kind::kText}};
constexpr WireField kPodResourceClaim[] = {{1, "name", Kind::kText},
                                           {3, "resourceClaimName", Kind::kText},
                                           {4, "resourceClaimTemplateName", Kind::kText}};
constexpr WireField kResourceRequirements[] = {{1, "limits", Kind::kQuantityMap},
                                               {2, "requests", Kind::kQuantityMap}};
constexpr WireField kEnvVar[] = {
    {1, "name", Kind::kText}, {2, "value", Kind::kText}, {3, "valueFrom", Kind::kObject, {}}};
constexpr WireField kVolumeMount[] = {
    {1, "name", Kind::kText}, {3, "mountPath", Kind::kText}, {4, "subPath", Kind::kText}};
constexpr WireField kContainerPort[] = {{2, "hostPort", Kind::kInteger},
                                        {3, "containerPort", Kind::kInteger},
                                        {4, "protocol", Kind::kText},
                                        {5, "hostIP", Kind::kText}};
constexpr WireField kContainer[] = {{1, "name", Kind::kText},
                                    {2, "image", Kind::kText},
                                    {3, "command", Kind::kText, {}, true},
                                    {4, "args", Kind::kText, {}, true},
                                    {6, "ports", Kind::kObject, kContainerPort, true},
                                    {7, "env", Kind::kObject, kEnvVar, true},
                                    {8, "resources", Kind::kObject, kResourceRequirements},
                                    {9, "volumeMounts", Kind::kObject, kVolumeMount, true},
                                    {24, "restartPolicy", Kind::kText}};
constexpr WireField kKeyToPath[] = {{1, "key", Kind::kText}, {2, "path", Kind::kText}};
constexpr WireField kVolumeResourceRequirements[] = {{1, "limits", Kind::kQuantityMap},
                                                     {2, "requests", Kind::kQuantityMap}};
constexpr WireField kPersistentVolumeClaimSpec[] = {
    {1, "accessModes", Kind::kText, {}, true},
    {2, "resources", Kind::kObject, kVolumeResourceRequirements},
    {3, "volumeName", Kind::kText},
    {4, "selector", Kind::kObject, kLabelSelector},
    {5, "storageClassName", Kind::kText},
    {6, "volumeMode", Kind::kText},
    {9, "volumeAttributesClassName", Kind::kText}};
constexpr WireField kPersistentVolumeClaimTemplate[] = {
    {2, "spec", Kind::kObject, kPersistentVolumeClaimSpec}};
constexpr WireField kEphemeralVolumeSource[] = {
    {1, "volumeClaimTemplate", Kind::kObject, kPersistentVolumeClaimTemplate}};
constexpr WireField kLocalObjectReference[] = {{1, "name", Kind::kText}};
constexpr WireField kConfigMapVolumeSource[] = {
    {1, "localObjectReference", Kind::kInline, kLocalObjectReference},
    {2, "items", Kind::kObject, kKeyToPath, true}};
constexpr WireField kPersistentVolumeClaimVolumeSource[] = {{1, "claimName", Kind::kText},
                                                            {2, "readOnly", Kind::kBool}};
constexpr WireField kCSIVolumeSource[] = {{1, "driver", Kind::kText}, {2, "readOnly", Kind::kBool}};
constexpr WireField kNFSVolumeSource[] = {{3, "readOnly", Kind::kBool}};
constexpr WireField kGCEPersistentDiskVolumeSource[] = {{1, "pdName", Kind::kText},
                                                        {4, "readOnly", Kind::kBool}};
constexpr WireField kAWSElasticBlockStoreVolumeSource[] = {{1, "volumeID", Kind::kText},
                                                           {4, "readOnly", Kind::kBool}};
constexpr WireField kISCSIVolumeSource[] = {{2, "iqn", Kind::kText}, {6, "readOnly", Kind::kBool}};
constexpr WireField kRBDVolumeSource[] = {{1, "monitors", Kind::kText, {}, true},
                                          {2, "image", Kind::kText},
                                          {4, "pool", Kind::kText},
                                          {8, "readOnly", Kind::kBool}};
constexpr WireField kAzureDiskVolumeSource[] = {{2, "diskURI", Kind::kText},
                                                {5, "readOnly", Kind::kBool}};
constexpr WireField kCinderVolumeSource[] = {{1, "volumeID", Kind::kText},
                                             {3, "readOnly", Kind::kBool}};
constexpr WireField kPortworxVolumeSource[] = {{1, "volumeID", Kind::kText},
                                               {3, "readOnly", Kind::kBool}};
constexpr WireField kImageVolumeSource[] = {{1, "reference", Kind::kText}};
constexpr WireField kVolumeSource[] = {
    {1, "hostPath", Kind::kObject, {}},
    {3, "gcePersistentDisk", Kind::kObject, kGCEPersistentDiskVolumeSource},
    {4, "awsElasticBlockStore", Kind::kObject, kAWSElasticBlockStoreVolumeSource},
    {7, "nfs", Kind::kObject, kNFSVolumeSource},
    {8, "iscsi", Kind::kObject, kISCSIVolumeSource},
    {10, "persistentVolumeClaim", Kind::kObject, kPersistentVolumeClaimVolumeSource},
    {11, "rbd", Kind::kObject, kRBDVolumeSource},
    {13, "cinder", Kind::kObject, kCinderVolumeSource},
    {19, "configMap", Kind::kObject, kConfigMapVolumeSource},
    {22, "azureDisk", Kind::kObject, kAzureDiskVolumeSource},
    {24, "portworxVolume", Kind::kObject, kPortworxVolumeSource},
    {28, "csi", Kind::kObject, kCSIVolumeSource},
    {29, "ephemeral", Kind::kObject, kEphemeralVolumeSource},
    {30, "image", Kind::kObject, kImageVolumeSource}};
constexpr WireField kVolume[] = {{1, "name", Kind::kText},
                                 {2, "volumeSource", Kind::kInline, kVolumeSource}};
constexpr WireField kPodSpec[] = {
    {1, "volumes", Kind::kObject, kVolume, true},
    {2, "containers", Kind::kObject, kContainer, true},
    {7, "nodeSelector", Kind::kTextMap},
    {10, "nodeName", Kind::kText},
    {11, "hostNetwork", Kind::kBool},
    {18, "affinity", Kind::kObject, kAffinity},
    {19, "schedulerName", Kind::kText},
    {20, "initContainers", Kind::kObject, kContainer, true},
    {22, "tolerations", Kind::kObject, kToleration, true},
    {24, "priorityClassName", Kind::kText},
    {25, "priority", Kind::kInteger},
    {29, "runtimeClassName", Kind::kText},
    {31, "preemptionPolicy", Kind::kText},
    {32, "overhead", Kind::kQuantityMap},
    {33, "topologySpreadConstraints", Kind::kObject, kTopologySpreadConstraint, true},
    {38, "schedulingGates", Kind::kObject, kPodSchedulingGate, true},
    {39, "resourceClaims", Kind::kObject, kPodResourceClaim, true},
    {40, "resources", Kind::kObject, kResourceRequirements}};
constexpr WireField kPodCondition[] = {{1, "type", Kind::kText},
                                       {2, "status", Kind::kText},
                                       {5, "reason", Kind::kText},
                                       {6, "message", Kind::kText}};
constexpr WireField kContainerStatus[] = {{1, "name", Kind::kText},
                                          {10, "allocatedResources", Kind::kQuantityMap},
                                          {11, "resources", Kind::kObject, kResourceRequirements}};
constexpr WireField kPodStatus[] = {
    {1, "phase", Kind::kText},
    {2, "conditions", Kind::kObject, kPodCondition, true},
    {6, "podIP", Kind::kText},
    {7, "startTime", Kind::kTime},
    {8, "containerStatuses", Kind::kObject, kContainerStatus, true},
    {10, "initContainerStatuses", Kind::kObject, kContainerStatus, true},
    {11, "nominatedNodeName", Kind::kText},
    {19, "allocatedResources", Kind::kQuantityMap},
    {20, "resources", Kind::kObject, kResourceRequirements}};
constexpr WireField kPod[] = {{1, "metadata", Kind::kObject, kObjectMeta},
                              {2, "spec", Kind::kObject, kPodSpec},
                              {3, "status", Kind::kObject, kPodStatus}};
constexpr WireField kStatus[] = {{2, "status", Kind::kText},
                                 {3, "message", Kind::kText},
                                 {4, "reason", Kind::kText},
                                 {6, "code", Kind::kInteger}};

}  // namespace

const std::span<const WireField> kPodFields = kPod;
const std::span<const WireField> kStatusFields = kStatus;

}  // namespace muster::kube
