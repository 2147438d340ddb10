package generate

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var topologyKeys = []string{zoneLabel, hostLabel, zoneLabel, hostLabel, regionLabel, "disk"}

func (m *maker) labelSelector() *metav1.LabelSelector {
	if m.chance(5) {
		return nil
	}
	selector := &metav1.LabelSelector{}
	m.maybe(60, func() { selector.MatchLabels = map[string]string{"app": pick(m, apps)} })
	m.maybe(35, func() {
		requirement := metav1.LabelSelectorRequirement{Key: pick(m, []string{"app", "version", "absent"}),
			Operator: pick(m, []metav1.LabelSelectorOperator{metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist})}
		if requirement.Operator == metav1.LabelSelectorOpIn || requirement.Operator == metav1.LabelSelectorOpNotIn {
			requirement.Values = append(some(m, []string{"web", "db", "1"}, 40), "2")
		}
		selector.MatchExpressions = append(selector.MatchExpressions, requirement)
	})
	return selector
}

func (m *maker) addSpread() {
	m.addMatchingPods()
	pending := m.made.Pending
	for {
		constraint := v1.TopologySpreadConstraint{MaxSkew: int32(1 + m.IntN(3)), TopologyKey: pick(m, topologyKeys),
			WhenUnsatisfiable: v1.DoNotSchedule, LabelSelector: m.labelSelector()}
		m.maybe(20, func() { constraint.WhenUnsatisfiable = v1.ScheduleAnyway })
		m.maybe(30, func() { constraint.MinDomains = new(int32(1 + m.IntN(4))) })
		m.maybe(20, func() { constraint.NodeAffinityPolicy = new(pick(m, []v1.NodeInclusionPolicy{"Honor", "Ignore"})) })
		m.maybe(20, func() { constraint.NodeTaintsPolicy = new(pick(m, []v1.NodeInclusionPolicy{"Honor", "Ignore"})) })
		m.maybe(20, func() { constraint.MatchLabelKeys = some(m, []string{"version", "app", "absent"}, 50) })
		m.maybe(2, func() { constraint.MaxSkew = 0 })
		m.maybe(3, func() { constraint.TopologyKey = "absent" })
		pending.Spec.TopologySpreadConstraints = append(pending.Spec.TopologySpreadConstraints, constraint)
		if !m.chance(35) {
			break
		}
	}
	// The policies look at other rules.
	m.maybe(20, m.addTaints)
	m.maybe(20, func() { pending.Spec.NodeSelector = map[string]string{"disk": "ssd"} })
}

// addMatchingPods puts more pods into the namespace of the pending one.
func (m *maker) addMatchingPods() {
	for _, pod := range m.made.Pods {
		m.maybe(60, func() { pod.Namespace = m.made.Pending.Namespace })
	}
}

func (m *maker) addPodAffinity() {
	m.addMatchingPods()
	for _, pod := range m.made.Pods {
		m.maybe(25, func() { m.relate(pod) })
	}
	m.relate(m.made.Pending)
}

func (m *maker) relate(pod *v1.Pod) {
	if pod.Spec.Affinity == nil {
		pod.Spec.Affinity = &v1.Affinity{}
	}
	m.maybe(55, func() {
		pod.Spec.Affinity.PodAffinity = &v1.PodAffinity{}
		m.maybe(70, func() {
			pod.Spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution = m.affinityTerms()
		})
		m.maybe(40, func() {
			pod.Spec.Affinity.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution = m.weightedTerms()
		})
	})
	m.maybe(55, func() {
		pod.Spec.Affinity.PodAntiAffinity = &v1.PodAntiAffinity{}
		m.maybe(70, func() {
			pod.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution = m.affinityTerms()
		})
		m.maybe(40, func() {
			pod.Spec.Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution = m.weightedTerms()
		})
	})
}

func (m *maker) affinityTerms() []v1.PodAffinityTerm {
	terms := []v1.PodAffinityTerm{m.affinityTerm()}
	for m.chance(25) {
		terms = append(terms, m.affinityTerm())
	}
	return terms
}

func (m *maker) weightedTerms() []v1.WeightedPodAffinityTerm {
	var terms []v1.WeightedPodAffinityTerm
	for _, term := range m.affinityTerms() {
		terms = append(terms, v1.WeightedPodAffinityTerm{Weight: int32(1 + m.IntN(100)), PodAffinityTerm: term})
	}
	return terms
}

func (m *maker) affinityTerm() v1.PodAffinityTerm {
	term := v1.PodAffinityTerm{LabelSelector: m.labelSelector(), TopologyKey: pick(m, topologyKeys)}
	m.maybe(25, func() { term.Namespaces = some(m, namespaces, 50) })
	m.maybe(25, func() {
		term.NamespaceSelector = &metav1.LabelSelector{}
		m.maybe(60, func() {
			term.NamespaceSelector.MatchLabels = map[string]string{"team": pick(m, []string{"a", "b", "c"})}
		})
	})
	m.maybe(3, func() { term.TopologyKey = "absent" })
	return term
}
