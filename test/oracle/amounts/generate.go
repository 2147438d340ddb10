package amounts

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"muster.dev/test/oracle/generate"
)

// Generate makes random quantities, as JSON strings, or pods; a line each. Line i of a seed is
// always the same.
func Generate(seed uint64, count int, pods bool, write func(line []byte)) {
	for i := range count {
		write(generated(seed, i, pods))
	}
}

func generated(seed uint64, index int, pods bool) []byte {
	var made any
	if pods {
		made = generate.Pod(seed, index)
	} else {
		made = quantityText(rand.New(rand.NewPCG(seed, uint64(index))))
	}
	line, err := json.Marshal(made)
	if err != nil {
		panic(err) // strings and pods have a JSON form
	}
	return append(line, '\n')
}

var suffixes = []string{"", "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}

// quantityText is mostly what people write, often at the limits, and sometimes not a quantity.
func quantityText(random *rand.Rand) string {
	var text strings.Builder
	text.WriteString([]string{"", "", "", "", "-", "+"}[random.IntN(6)])
	digits := func(most int) {
		for range random.IntN(most + 1) {
			text.WriteByte("0000123456789999"[random.IntN(16)])
		}
	}
	switch random.IntN(12) {
	case 0: // around the largest numbers
		fmt.Fprint(&text, uint64(1)<<(random.IntN(3)+61)-uint64(random.IntN(3)))
	case 1:
		fmt.Fprint(&text, uint64(1)<<random.IntN(64)+uint64(random.IntN(3)))
	case 2:
		digits(40)
	default:
		digits(6)
	}
	if random.IntN(2) == 0 {
		text.WriteByte('.')
		digits([]int{3, 12, 40}[random.IntN(3)])
	}
	switch random.IntN(8) {
	case 0:
		fmt.Fprintf(&text, "%s%s%d", pickText(random, "e", "E"), pickText(random, "", "+", "-"), random.IntN([]int{4, 30, 400}[random.IntN(3)]))
	case 1:
		text.WriteString(pickText(random, "e", "E", "i", "ki", "mi", "K", "kI", " ", "e5.5", "e+", "Eie", "1", "\n", "mm", "é", "e99999999999999999999"))
	default:
		text.WriteString(suffixes[random.IntN(len(suffixes))])
	}
	return text.String()
}

func pickText(random *rand.Rand, from ...string) string { return from[random.IntN(len(from))] }
