// Package generate makes random cases: small clusters in which about as many nodes refuse the
// pending pod as take it. Case i of a seed is always the same.
package generate

import (
	"fmt"
	"math/rand/v2"

	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	storageapi "k8s.io/kubernetes/pkg/apis/storage/v1"

	"muster.dev/test/oracle/cases"
)

// section puts into the cluster what one plugin judges.
type section struct {
	plugin string
	add    func(*maker)
}

// In kube-scheduler's order.
var sections = []section{
	{"NodeUnschedulable", (*maker).addUnschedulable},
	{"NodeName", (*maker).addNodeName},
	{"TaintToleration", (*maker).addTaints},
	{"NodeAffinity", (*maker).addNodeAffinity},
	{"NodePorts", (*maker).addPorts},
	{"NodeResourcesFit", (*maker).addResources},
	{"VolumeRestrictions", (*maker).addDisks},
	{"NodeVolumeLimits", (*maker).addVolumeLimits},
	{"VolumeBinding", (*maker).addVolumeBinding},
	{"VolumeZone", (*maker).addVolumeZones},
	{"PodTopologySpread", (*maker).addSpread},
	{"InterPodAffinity", (*maker).addPodAffinity},
}

// Plugins names the sections.
func Plugins() []string {
	var names []string
	for _, section := range sections {
		names = append(names, section.plugin)
	}
	return names
}

// Generator makes the cases of a seed.
type Generator struct {
	seed uint64
	used []section
}

// New takes the plugins whose rules the cases are about.
func New(seed uint64, plugins []string) (*Generator, error) {
	made := &Generator{seed: seed}
	for _, name := range plugins {
		before := len(made.used)
		for _, section := range sections {
			if section.plugin == name {
				made.used = append(made.used, section)
			}
		}
		if len(made.used) == before {
			return nil, fmt.Errorf("plugin %q: one of %v is allowed", name, Plugins())
		}
	}
	return made, nil
}

// Case is the index-th case and the plugin that it is mainly about.
func (g *Generator) Case(index int) (*cases.Case, string) {
	m, plugin := g.begin(index)
	m.setDefaults()
	return m.made, plugin
}

// begin makes what Case says, without the API server's defaults.
func (g *Generator) begin(index int) (*maker, string) {
	m := &maker{random: random{rand.New(rand.NewPCG(g.seed, uint64(index)))}}
	m.makeCluster()
	main := g.used[index%len(g.used)]
	main.add(m)
	// Rules meet each other: one case in four has more than one.
	for m.chance(25) {
		if other := g.used[m.IntN(len(g.used))]; other.plugin != main.plugin {
			other.add(m)
		}
	}
	return m, main.plugin
}

// maker builds one case.
type maker struct {
	random
	made *cases.Case
}

var (
	zones      = []string{"z0", "z1", "z2"}
	apps       = []string{"web", "db", "spark"}
	namespaces = []string{"default", "team-a", "team-b"}
)

const zoneLabel, hostLabel, regionLabel = "topology.kubernetes.io/zone", "kubernetes.io/hostname", "topology.kubernetes.io/region"

func (m *maker) makeCluster() {
	m.made = &cases.Case{Nodes: []*v1.Node{}, Pods: []*v1.Pod{}, Objects: []cases.Object{}}
	for i := range 1 + m.IntN(10) {
		m.made.Nodes = append(m.made.Nodes, m.makeNode(fmt.Sprintf("node-%d", i)))
	}
	for i := range m.IntN(21) {
		pod := m.makePod(fmt.Sprintf("pod-%d", i))
		pod.Spec.NodeName = m.made.Nodes[m.IntN(len(m.made.Nodes))].Name
		pod.Status.Phase = v1.PodRunning
		m.maybe(2, func() { pod.Status.Phase = v1.PodSucceeded })
		m.maybe(2, func() { pod.Spec.NodeName = "gone" })
		m.maybe(5, func() { pod.DeletionTimestamp = &metav1.Time{Time: metav1.Unix(1_700_000_000, 0).Time} })
		m.made.Pods = append(m.made.Pods, pod)
	}
	m.made.Pending = m.makePod("pending")
	for _, name := range namespaces {
		m.addObject(&v1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			"kubernetes.io/metadata.name": name, "team": name[len(name)-1:]}}})
	}
}

func (m *maker) makeNode(name string) *v1.Node {
	node := &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{hostLabel: name}}}
	m.maybe(90, func() { node.Labels[zoneLabel] = pick(m, zones) })
	m.maybe(60, func() { node.Labels[regionLabel] = "r" + pick(m, []string{"0", "1"}) })
	m.maybe(50, func() { node.Labels["disk"] = pick(m, []string{"ssd", "hdd"}) })
	m.maybe(50, func() { node.Labels["generation"] = pick(m, []string{"1", "5", "10", "x"}) })
	node.Status.Allocatable = v1.ResourceList{
		v1.ResourceCPU: milli(int64(4000 + m.IntN(12)*1000)), v1.ResourceMemory: bytes(int64(8+m.IntN(24)) << 30), v1.ResourcePods: units(110)}
	return node
}

func (m *maker) makePod(name string) *v1.Pod {
	pod := &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: pick(m, namespaces), UID: types.UID("uid-" + name),
		Labels: map[string]string{"app": pick(m, apps)}}}
	m.maybe(30, func() { pod.Labels["version"] = pick(m, []string{"1", "2"}) })
	pod.Spec.Containers = []v1.Container{{Name: "main", Image: "image:1"}}
	m.maybe(70, func() {
		pod.Spec.Containers[0].Resources.Requests = v1.ResourceList{
			v1.ResourceCPU: milli(int64(m.IntN(10) * 100)), v1.ResourceMemory: bytes(int64(m.IntN(8)) << 28)}
	})
	return pod
}

func (m *maker) addObject(object runtime.Object) {
	m.made.Objects = append(m.made.Objects, cases.Object{Object: object})
}

// setDefaults does what the API server does when it reads an object.
func (m *maker) setDefaults() {
	for _, pod := range append([]*v1.Pod{m.made.Pending}, m.made.Pods...) {
		corev1.SetObjectDefaults_Pod(pod)
	}
	for _, node := range m.made.Nodes {
		corev1.SetObjectDefaults_Node(node)
	}
	for _, object := range m.made.Objects {
		switch typed := object.Object.(type) {
		case *v1.PersistentVolume:
			corev1.SetObjectDefaults_PersistentVolume(typed)
		case *v1.PersistentVolumeClaim:
			corev1.SetObjectDefaults_PersistentVolumeClaim(typed)
		case *storagev1.StorageClass:
			storageapi.SetObjectDefaults_StorageClass(typed)
		case *storagev1.CSIDriver:
			storageapi.SetObjectDefaults_CSIDriver(typed)
		}
	}
}
