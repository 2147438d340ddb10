package generate

import (
	"math/rand/v2"

	"k8s.io/apimachinery/pkg/api/resource"
)

// random is the only source of chance of a case.
type random struct{ *rand.Rand }

func (r random) chance(percent int) bool { return r.IntN(100) < percent }

func (r random) maybe(percent int, do func()) {
	if r.chance(percent) {
		do()
	}
}

func pick[T any](m *maker, from []T) T { return from[m.IntN(len(from))] }

// some is a random part of the list, in its order.
func some[T any](m *maker, from []T, percent int) []T {
	var taken []T
	for _, one := range from {
		if m.chance(percent) {
			taken = append(taken, one)
		}
	}
	return taken
}

func milli(amount int64) resource.Quantity {
	return *resource.NewMilliQuantity(amount, resource.DecimalSI)
}

func bytes(amount int64) resource.Quantity { return *resource.NewQuantity(amount, resource.BinarySI) }

func units(amount int64) resource.Quantity { return *resource.NewQuantity(amount, resource.DecimalSI) }
