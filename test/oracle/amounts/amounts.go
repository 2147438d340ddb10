// Package amounts says how Kubernetes reads quantities and what a pod asks of its node.
package amounts

import (
	"encoding/json"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	kjson "sigs.k8s.io/json"
)

// QuantityAnswer is a quantity in whole units and in thousandths, both rounded up. Where that would
// overflow, which gives zero or nonsense in Go, it is the largest number. Of negative quantities
// only the sign is compared: Go rounds them in three ways, and nothing asks for less than nothing.
type QuantityAnswer struct {
	Value    int64  `json:"value"`
	Milli    int64  `json:"milli"`
	Negative bool   `json:"negative"`
	Error    string `json:"error,omitempty"`
}

// amountMax is where Muster caps what one pod takes: no node offers that much.
const amountMax = int64(1) << 50

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
	if quantity.Sign() < 0 {
		return QuantityAnswer{Negative: true}
	}
	return QuantityAnswer{Value: saturated(quantity, 0), Milli: saturated(quantity, resource.Milli)}
}

// saturated is Value or MilliValue where these are right, and else the largest number. Quantity.Cmp
// compares with any precision.
func saturated(quantity resource.Quantity, scale resource.Scale) int64 {
	if quantity.Cmp(*resource.NewScaledQuantity(int64Max, scale)) >= 0 {
		return int64Max
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
			answer[name] = min(amount, amountMax)
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
