package generate

import (
	"math/rand/v2"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
)

var (
	scalarNames = []v1.ResourceName{"example.com/gpu", "hugepages-2Mi", "hugepages-1Gi", "ephemeral-storage", "attachable-volumes-x"}
	oddNames    = []v1.ResourceName{"pods", "storage", "bananas", "kubernetes.io/native", "requests.example.com/x", "limits.cpu"}
	// None that overflows 64 bits when it is summed up: Go wraps around there, Muster does not.
	oddAmounts = []string{"0", "1n", "0.0001", "100Ti", "1e14", "1.5", "999m", "1e-9", "1e11"}
)

func (m *maker) addResources() {
	for _, node := range m.made.Nodes {
		m.offer(node)
	}
	for _, pod := range m.made.Pods {
		m.maybe(70, func() { m.ask(pod) })
		m.maybe(20, func() { m.resize(pod) })
	}
	m.ask(m.made.Pending)
}

func (m *maker) offer(node *v1.Node) {
	offered := v1.ResourceList{
		v1.ResourceCPU: milli(int64(500 + m.IntN(12)*500)), v1.ResourceMemory: bytes(int64(1+m.IntN(12)) << 30), v1.ResourcePods: units(int64(1 + m.IntN(12)))}
	for _, name := range some(m, scalarNames, 60) {
		offered[name] = units(int64(m.IntN(10)))
		if name != "example.com/gpu" {
			offered[name] = bytes(int64(m.IntN(10)) << 28)
		}
	}
	m.maybe(4, func() { offered[pick(m, oddNames)] = units(int64(m.IntN(5))) })
	m.maybe(4, func() { offered[pick(m, scalarNames)] = resource.MustParse(pick(m, oddAmounts[:3])) })
	m.maybe(2, func() { offered[v1.ResourceCPU] = resource.MustParse("-1") })
	m.maybe(2, func() { delete(offered, v1.ResourcePods) })
	m.maybe(2, func() { offered = nil })
	node.Status.Allocatable = offered
}

// ask gives the pod what pods can ask with: containers of every kind, overhead, pod-level requests.
func (m *maker) ask(pod *v1.Pod) {
	pod.Spec.Containers[0].Resources = m.requirements()
	for m.chance(20) {
		pod.Spec.Containers = append(pod.Spec.Containers, v1.Container{Name: "more" + string(rune('a'+len(pod.Spec.Containers))), Image: "image:1", Resources: m.requirements()})
	}
	for m.chance(30) {
		starter := v1.Container{Name: "starter" + string(rune('a'+len(pod.Spec.InitContainers))), Image: "image:1", Resources: m.requirements()}
		m.maybe(50, func() { starter.RestartPolicy = new(v1.ContainerRestartPolicyAlways) })
		pod.Spec.InitContainers = append(pod.Spec.InitContainers, starter)
	}
	m.maybe(10, func() { pod.Spec.Overhead = m.amounts() })
	m.maybe(15, func() {
		whole := m.requirements()
		pod.Spec.Resources = &whole
	})
}

func (m *maker) requirements() v1.ResourceRequirements {
	asked := v1.ResourceRequirements{Requests: m.amounts()}
	m.maybe(20, func() { asked.Limits = m.amounts() })
	m.maybe(10, func() { asked.Requests = nil })
	return asked
}

func (m *maker) amounts() v1.ResourceList {
	asked := v1.ResourceList{}
	m.maybe(80, func() { asked[v1.ResourceCPU] = milli(int64(m.IntN(12) * 125)) })
	m.maybe(80, func() { asked[v1.ResourceMemory] = bytes(int64(m.IntN(16)) << 27) })
	for _, name := range some(m, scalarNames, 12) {
		asked[name] = units(int64(m.IntN(4)))
		if name != "example.com/gpu" {
			asked[name] = bytes(int64(m.IntN(8)) << 26)
		}
	}
	m.maybe(2, func() { asked[pick(m, oddNames)] = units(int64(m.IntN(3))) })
	m.maybe(2, func() {
		asked[pick(m, []v1.ResourceName{v1.ResourceCPU, v1.ResourceMemory, "example.com/gpu"})] = resource.MustParse(pick(m, oddAmounts))
	})
	return asked
}

// resize writes the status of a pod whose resources were changed where it runs, or are about to be.
func (m *maker) resize(pod *v1.Pod) {
	status := func(containers []v1.Container) []v1.ContainerStatus {
		var all []v1.ContainerStatus
		for _, container := range containers {
			one := v1.ContainerStatus{Name: container.Name}
			m.maybe(80, func() { one.AllocatedResources = m.amounts() })
			m.maybe(80, func() { one.Resources = &v1.ResourceRequirements{Requests: m.amounts()} })
			m.maybe(90, func() { all = append(all, one) })
		}
		return all
	}
	pod.Status.ContainerStatuses = status(pod.Spec.Containers)
	pod.Status.InitContainerStatuses = status(pod.Spec.InitContainers)
	m.maybe(30, func() { pod.Status.AllocatedResources = m.amounts() })
	m.maybe(30, func() { pod.Status.Resources = &v1.ResourceRequirements{Requests: m.amounts()} })
	m.maybe(40, func() {
		pod.Status.Conditions = append(pod.Status.Conditions, v1.PodCondition{Type: v1.PodResizePending, Status: v1.ConditionTrue,
			Reason: pick(m, []string{v1.PodReasonInfeasible, v1.PodReasonDeferred})})
	})
	m.maybe(20, func() {
		pod.Status.Conditions = append(pod.Status.Conditions, v1.PodCondition{Type: v1.PodResizeInProgress, Status: v1.ConditionTrue})
	})
}

// Pod is a pod that asks for resources in any of the ways there are; case `index` of the seed.
func Pod(seed uint64, index int) *v1.Pod {
	m := &maker{random: random{rand.New(rand.NewPCG(seed, uint64(index)))}}
	pod := m.makePod("pod")
	m.ask(pod)
	m.maybe(60, func() { m.resize(pod) })
	corev1.SetObjectDefaults_Pod(pod)
	return pod
}
