package compare

import (
	"slices"

	"muster.dev/test/oracle/cases"
)

// difference is how far two answers to one case are apart.
type difference int

const (
	same          difference = iota
	sometimesSame            // kube-scheduler itself answers now so, now so, and one of its answers is the same
	otherReasons
	otherNodes // one takes a node that the other refuses: never allowed
)

func compareAnswers(real, tried *cases.Answer) difference {
	if real.Error != "" || tried.Error != "" {
		if real.Error != "" && tried.Error != "" {
			return same // neither could read it; they need not say so in the same words
		}
		return otherNodes
	}
	if len(real.Nodes) != len(tried.Nodes) {
		return otherNodes
	}
	worst := same
	for name, expected := range real.Nodes {
		given, found := tried.Nodes[name]
		if !found || given.Feasible != expected.Feasible {
			return otherNodes
		}
		if !slices.Equal(given.Reasons, expected.Reasons) {
			worst = otherReasons
		}
	}
	return worst
}
