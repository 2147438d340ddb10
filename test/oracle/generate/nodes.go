package generate

import (
	"strings"

	v1 "k8s.io/api/core/v1"
)

var (
	taintKeys        = []string{"dedicated", "gpu", "node.kubernetes.io/unschedulable", "node.kubernetes.io/not-ready"}
	taintValues      = []string{"", "a", "5", "10"}
	taintEffects     = []v1.TaintEffect{v1.TaintEffectNoSchedule, v1.TaintEffectNoExecute, v1.TaintEffectPreferNoSchedule}
	tolerateEffects  = append([]v1.TaintEffect{"", ""}, taintEffects...)
	tolerateOperator = []v1.TolerationOperator{"", v1.TolerationOpEqual, v1.TolerationOpExists, v1.TolerationOpExists, v1.TolerationOpLt, v1.TolerationOpGt, "Like"}
)

func (m *maker) addUnschedulable() {
	for _, node := range m.made.Nodes {
		node.Spec.Unschedulable = m.chance(60)
	}
	for m.chance(50) {
		m.tolerate(v1.TaintNodeUnschedulable)
	}
}

func (m *maker) addNodeName() {
	m.made.Pending.Spec.NodeName = pick(m, m.made.Nodes).Name
	m.maybe(5, func() { m.made.Pending.Spec.NodeName = "gone" })
	m.maybe(60, func() { // otherwise hardly a node would be feasible
		m.made.Nodes = m.made.Nodes[:1+m.IntN(min(2, len(m.made.Nodes)))]
	})
	m.maybe(20, func() { m.made.Pending.Spec.NodeName = "" })
}

func (m *maker) addTaints() {
	for _, node := range m.made.Nodes {
		for m.chance(45) {
			node.Spec.Taints = append(node.Spec.Taints,
				v1.Taint{Key: pick(m, taintKeys), Value: pick(m, taintValues), Effect: pick(m, taintEffects)})
		}
	}
	for m.chance(70) {
		m.tolerate(pick(m, taintKeys))
	}
}

func (m *maker) tolerate(key string) {
	toleration := v1.Toleration{Key: key, Operator: pick(m, tolerateOperator), Effect: pick(m, tolerateEffects)}
	m.maybe(60, func() { toleration.Value = pick(m, taintValues) })
	m.maybe(10, func() { toleration.Key = "" })
	m.made.Pending.Spec.Tolerations = append(m.made.Pending.Spec.Tolerations, toleration)
}

func (m *maker) addNodeAffinity() {
	pending := m.made.Pending
	m.maybe(30, func() {
		pending.Spec.NodeSelector = map[string]string{}
		m.maybe(50, func() { pending.Spec.NodeSelector["disk"] = pick(m, []string{"ssd", "hdd"}) })
		m.maybe(50, func() { pending.Spec.NodeSelector[zoneLabel] = pick(m, zones) })
		m.maybe(5, func() { pending.Spec.NodeSelector["no such"] = "?" })
	})
	if pending.Spec.Affinity == nil {
		pending.Spec.Affinity = &v1.Affinity{}
	}
	affinity := &v1.NodeAffinity{}
	pending.Spec.Affinity.NodeAffinity = affinity
	m.maybe(80, func() {
		affinity.RequiredDuringSchedulingIgnoredDuringExecution = &v1.NodeSelector{}
		for m.chance(65) {
			affinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms = append(
				affinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, m.nodeSelectorTerm())
		}
	})
	for m.chance(40) {
		affinity.PreferredDuringSchedulingIgnoredDuringExecution = append(affinity.PreferredDuringSchedulingIgnoredDuringExecution,
			v1.PreferredSchedulingTerm{Weight: int32(1 + m.IntN(100)), Preference: m.nodeSelectorTerm()})
	}
}

func (m *maker) nodeSelectorTerm() v1.NodeSelectorTerm {
	var term v1.NodeSelectorTerm
	for m.chance(60) {
		term.MatchExpressions = append(term.MatchExpressions, m.nodeRequirement())
	}
	for m.chance(20) {
		term.MatchFields = append(term.MatchFields, m.fieldRequirement())
	}
	return term
}

func (m *maker) nodeRequirement() v1.NodeSelectorRequirement {
	requirement := v1.NodeSelectorRequirement{
		Key: pick(m, []string{"disk", "generation", zoneLabel, regionLabel, "absent"}),
		Operator: pick(m, []v1.NodeSelectorOperator{v1.NodeSelectorOpIn, v1.NodeSelectorOpIn, v1.NodeSelectorOpNotIn, v1.NodeSelectorOpNotIn,
			v1.NodeSelectorOpExists, v1.NodeSelectorOpDoesNotExist, v1.NodeSelectorOpGt, v1.NodeSelectorOpLt})}
	switch requirement.Operator {
	case v1.NodeSelectorOpIn, v1.NodeSelectorOpNotIn:
		requirement.Values = some(m, []string{"ssd", "hdd", "1", "5", "z0", "z1", "r0", ""}, 40)
	case v1.NodeSelectorOpGt, v1.NodeSelectorOpLt:
		requirement.Key = pick(m, []string{"generation", "generation", "disk"})
		requirement.Values = []string{pick(m, []string{"1", "5", "7", "-3", "+5", "x", "1e1", "9223372036854775808", "05"})}
	}
	m.maybe(6, func() { m.breakRequirement(&requirement) })
	return requirement
}

// breakRequirement makes what validation refuses: kube-scheduler must not trip over it.
func (m *maker) breakRequirement(requirement *v1.NodeSelectorRequirement) {
	switch m.IntN(6) {
	case 0:
		requirement.Operator = pick(m, []v1.NodeSelectorOperator{"Like", "", "in"})
	case 1:
		requirement.Values = nil
	case 2:
		requirement.Values = append(requirement.Values, "a", "b")
	case 3:
		requirement.Key = pick(m, []string{"", "not a key", "-dash", strings.Repeat("k", 64), "a/b/c", "UPPER.example/x", "example.com/ok_y"})
	case 4:
		requirement.Values = append(requirement.Values, pick(m, []string{"not a value", strings.Repeat("v", 64), "-v", "v-", "é", "V.a_l-ue"}))
	default:
		requirement.Values = []string{"x"}
	}
}

func (m *maker) fieldRequirement() v1.NodeSelectorRequirement {
	requirement := v1.NodeSelectorRequirement{Key: "metadata.name", Operator: v1.NodeSelectorOpIn,
		Values: []string{pick(m, m.made.Nodes).Name}}
	m.maybe(30, func() { requirement.Operator = v1.NodeSelectorOpNotIn })
	m.maybe(10, func() { requirement.Values = append(requirement.Values, pick(m, m.made.Nodes).Name) })
	m.maybe(5, func() { requirement.Values = nil })
	m.maybe(5, func() { requirement.Values = []string{"gone"} })
	m.maybe(5, func() { requirement.Operator = v1.NodeSelectorOpExists })
	m.maybe(5, func() { requirement.Key = "metadata.namespace" })
	return requirement
}
