package generate

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"muster.dev/test/oracle/cases"
)

// ScoredCase is a case like Case, in half of which workloads select pods and in half of which nodes
// have images: no filter reads these, so Case does without.
func (g *Generator) ScoredCase(index int) *cases.Case {
	m, _ := g.begin(index)
	m.maybe(50, m.addWorkloads)
	m.maybe(50, m.addImages)
	m.setDefaults()
	return m.made
}

// addWorkloads makes Services that may select the pending pod, and mostly an owner for it.
func (m *maker) addWorkloads() {
	m.addMatchingPods()
	pending := m.made.Pending
	m.maybe(60, func() { pending.Spec.TopologySpreadConstraints = nil }) // those of its own come first
	for i := 0; m.chance(55); i++ {
		service := &v1.Service{ObjectMeta: m.workloadMeta(fmt.Sprintf("service-%d", i))}
		service.Spec.Selector = m.labels()
		m.addObject(service)
	}
	m.maybe(70, m.addOwner)
}

func (m *maker) workloadMeta(name string) metav1.ObjectMeta {
	made := metav1.ObjectMeta{Name: name, Namespace: m.made.Pending.Namespace}
	m.maybe(10, func() { made.Namespace = pick(m, namespaces) })
	return made
}

// labels mostly select pods with the pending pod's labels.
func (m *maker) labels() map[string]string {
	if m.chance(8) {
		return nil
	}
	made := map[string]string{}
	m.maybe(90, func() { made["app"] = m.made.Pending.Labels["app"] })
	m.maybe(10, func() { made["app"] = pick(m, apps) })
	m.maybe(25, func() { made["version"] = pick(m, []string{"1", "2"}) })
	return made
}

func (m *maker) selector() *metav1.LabelSelector {
	if m.chance(40) {
		return m.labelSelector()
	}
	return &metav1.LabelSelector{MatchLabels: m.labels()}
}

func (m *maker) addOwner() {
	meta := m.workloadMeta("owner")
	owners := []struct {
		owner  metav1.OwnerReference
		object runtime.Object
	}{
		{metav1.OwnerReference{APIVersion: "v1", Kind: "ReplicationController"},
			&v1.ReplicationController{ObjectMeta: meta, Spec: v1.ReplicationControllerSpec{Selector: m.labels()}}},
		{metav1.OwnerReference{APIVersion: "apps/v1", Kind: "ReplicaSet"},
			&appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Selector: m.selector()}}},
		{metav1.OwnerReference{APIVersion: "apps/v1", Kind: "StatefulSet"},
			&appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Selector: m.selector()}}},
	}
	chosen := pick(m, owners)
	chosen.owner.Name, chosen.owner.UID, chosen.owner.Controller = meta.Name, "owner", new(true)
	m.maybe(4, func() { chosen.owner.APIVersion = pick(m, []string{"v1", "apps/v1", "apps/v1beta1", ""}) })
	m.maybe(4, func() { chosen.owner.Controller = pick(m, []*bool{nil, new(false)}) })
	m.made.Pending.OwnerReferences = append(m.made.Pending.OwnerReferences, chosen.owner)
	m.maybe(92, func() { m.addObject(chosen.object) })
}

var images = []struct {
	asked string
	names []string
}{
	{"image:1", []string{"image:1", "image@sha256:1111"}},
	{"registry.example.com:5000/team/spark", []string{"registry.example.com:5000/team/spark:latest"}},
	{"registry.example.com/spark:4.0", []string{"registry.example.com/spark@sha256:2222", "registry.example.com/spark:4.0"}},
	{"tool@sha256:3333", []string{"tool@sha256:3333", "tool:latest"}},
	{"nowhere", nil},
}

// addImages gives nodes images and lets the pending pod ask for some. An image has one size
// everywhere: of several, kube-scheduler's cache keeps the one that it saw first.
func (m *maker) addImages() {
	for _, image := range images {
		size := int64(1+m.IntN(2000)) << 20
		for _, node := range m.made.Nodes {
			if image.names != nil && m.chance(45) {
				node.Status.Images = append(node.Status.Images, v1.ContainerImage{Names: image.names, SizeBytes: size})
			}
		}
	}
	spec := &m.made.Pending.Spec
	for i := range spec.Containers {
		spec.Containers[i].Image = pick(m, images).asked
	}
	for i := range spec.InitContainers {
		spec.InitContainers[i].Image = pick(m, images).asked
	}
	m.maybe(20, func() {
		m.mount(m.made.Pending, v1.VolumeSource{Image: &v1.ImageVolumeSource{Reference: pick(m, images).asked}})
	})
}
