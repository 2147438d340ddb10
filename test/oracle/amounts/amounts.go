// Package amounts says how Kubernetes reads quantities and what a pod asks of its node.
package amounts

import (
	"encoding/json"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	kjson "sigs.k8s.io/json"
)

// QuantityAnswer is a quantity in whole units and in thousandths, both rounded up. TooLarge: in Go
// the number would overflow, which gives zero or nonsense there and the largest number in Muster.
type QuantityAnswer struct {
	Value     int64  `json:"value"`
	Milli     int64  `json:"milli"`
	Canonical string `json:"canonical,omitempty"`
	Error     string `json:"error,omitempty"`
}

const int64Max = int64(^uint64(0) >> 1)

// Quantity reads one JSON string.
func Quantity(line []byte) any {
	var text string
	if err := json.Unmarshal(line, &text); err != nil {
		return QuantityAnswer{Error: err.Error()}
	}
	return readQuantity(text)
}

func readQuantity(text string) QuantityAnswer {
	quantity, err := resource.ParseQuantity(text)
	if err != nil {
		return QuantityAnswer{Error: err.Error()}
	}
	return QuantityAnswer{Value: saturated(quantity, 0), Milli: saturated(quantity, resource.Milli), Canonical: quantity.String()}
}

// saturated is Value or MilliValue where these are right, and else the largest number. Quantity.Cmp
// compares with any precision.
func saturated(quantity resource.Quantity, scale resource.Scale) int64 {
	if quantity.Cmp(*resource.NewScaledQuantity(int64Max, scale)) >= 0 {
		return int64Max
	}
	if quantity.Cmp(*resource.NewScaledQuantity(-int64Max, scale)) <= 0 {
		return -int64Max
	}
	return quantity.ScaledValue(scale)
}

// Requests reads one pod and says what the scheduler counts for it: milli CPU, bytes, units. Pods
// are counted as those on a node are, with what was allocated to them; a pod that waits has no such
// status.
func Requests(line []byte) any {
	pod := &v1.Pod{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(line, pod); err != nil {
		return map[string]string{"error": err.Error()}
	}
	info, err := framework.NewPodInfo(pod)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	return counted(info)
}

func counted(info *framework.PodInfo) map[string]int64 {
	amounts := info.CalculateResource().Resource
	answer := map[string]int64{}
	set := func(name string, amount int64) {
		if amount != 0 {
			answer[strings.Clone(name)] = amount
		}
	}
	set("cpu", amounts.GetMilliCPU())
	set("memory", amounts.GetMemory())
	set("ephemeral-storage", amounts.GetEphemeralStorage())
	for name, amount := range amounts.GetScalarResources() {
		set(string(name), amount)
	}
	return answer
}
