package generate

import (
	"fmt"

	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// addVolumeBinding covers claims in every state: bound, waiting for the first consumer with volumes
// to choose from or with a provisioner, immediate, missing, on their way out.
func (m *maker) addVolumeBinding() {
	m.addClasses()
	// At most one: of two volumes kept for one claim kube-scheduler takes whichever comes first in a map.
	kept := m.IntN(10)
	for i := range 1 + m.IntN(4) {
		volume := m.volume(fmt.Sprintf("free-%d", i), pick(m, []string{"local", "local", "static"}))
		m.maybe(85, func() { volume.Spec.NodeAffinity = m.volumeAffinity() })
		if i == kept {
			volume.Spec.ClaimRef = &v1.ObjectReference{Namespace: m.made.Pending.Namespace, Name: "wanted-0"}
		}
		m.maybe(5, func() { volume.Status.Phase = v1.VolumeReleased })
		m.maybe(5, func() { volume.Spec.VolumeMode = new(v1.PersistentVolumeBlock) })
		m.maybe(10, func() { volume.Labels["tier"] = "gold" })
	}
	for i := range 1 + m.IntN(2) {
		m.addWantedClaim(fmt.Sprintf("wanted-%d", i))
	}
	m.maybe(3, func() { m.mountClaim(m.made.Pending, "missing") })
	m.maybe(8, func() { m.addEphemeral() })
}

func (m *maker) addClasses() {
	waits, immediate := storagev1.VolumeBindingWaitForFirstConsumer, storagev1.VolumeBindingImmediate
	local := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "local"}, Provisioner: "kubernetes.io/no-provisioner", VolumeBindingMode: &waits}
	dynamic := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "dynamic"}, Provisioner: "csi.example.com", VolumeBindingMode: &waits}
	m.maybe(60, func() {
		dynamic.AllowedTopologies = []v1.TopologySelectorTerm{{MatchLabelExpressions: []v1.TopologySelectorLabelRequirement{{Key: zoneLabel, Values: append(some(m, zones, 30), "z0")}}}}
	})
	m.addObject(local)
	m.addObject(dynamic)
	m.addObject(&storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "now"}, Provisioner: "csi.example.com", VolumeBindingMode: &immediate})
	m.maybe(50, func() {
		driver := &storagev1.CSIDriver{ObjectMeta: metav1.ObjectMeta{Name: "csi.example.com"}}
		m.maybe(80, func() { driver.Spec.StorageCapacity = new(true) })
		m.addObject(driver)
		for i := range m.IntN(4) {
			m.addCapacity(i)
		}
	})
}

func (m *maker) addCapacity(index int) {
	capacity := &storagev1.CSIStorageCapacity{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("capacity-%d", index), Namespace: "default"}, StorageClassName: "dynamic"}
	m.maybe(90, func() {
		capacity.NodeTopology = &metav1.LabelSelector{MatchLabels: map[string]string{zoneLabel: pick(m, zones)}}
	})
	m.maybe(90, func() { capacity.Capacity = new(bytes(int64(m.IntN(4)) << 29)) })
	m.maybe(20, func() { capacity.MaximumVolumeSize = new(bytes(int64(m.IntN(4)) << 29)) })
	m.addObject(capacity)
}

func (m *maker) volumeAffinity() *v1.VolumeNodeAffinity {
	requirement := v1.NodeSelectorRequirement{Key: zoneLabel, Operator: v1.NodeSelectorOpIn, Values: append(some(m, zones, 30), pick(m, zones))}
	m.maybe(40, func() {
		requirement.Key = hostLabel
		requirement.Values = []string{pick(m, m.made.Nodes).Name, pick(m, m.made.Nodes).Name}
	})
	return &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{NodeSelectorTerms: []v1.NodeSelectorTerm{{MatchExpressions: []v1.NodeSelectorRequirement{requirement}}}}}
}

func (m *maker) addWantedClaim(name string) {
	namespace := m.made.Pending.Namespace
	m.mountClaim(m.made.Pending, name)
	switch m.IntN(10) {
	case 0, 1, 2: // bound
		claim := m.claim(namespace, name, "static", "bound-"+name)
		if m.chance(95) {
			volume := m.volume("bound-"+name, "static")
			bind(volume, claim)
			volume.Spec.NodeAffinity = m.volumeAffinity()
		}
		m.maybe(5, func() { claim.DeletionTimestamp = &metav1.Time{Time: metav1.Unix(1_700_000_000, 0).Time} })
		m.maybe(5, func() { claim.Status.Phase = v1.ClaimLost })
		m.maybe(5, func() { claim.Annotations = nil })
	case 3, 4, 5: // a volume to choose
		claim := m.claim(namespace, name, "local", "")
		m.maybe(20, func() { claim.Spec.Resources.Requests[v1.ResourceStorage] = bytes(2 << 30) })
		m.maybe(10, func() { claim.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"tier": "gold"}} })
		m.maybe(5, func() { claim.Spec.AccessModes = []v1.PersistentVolumeAccessMode{v1.ReadWriteMany} })
	case 6, 7, 8: // a volume to make
		claim := m.claim(namespace, name, "dynamic", "")
		m.maybe(20, func() {
			claim.Annotations = map[string]string{"volume.kubernetes.io/selected-node": pick(m, m.made.Nodes).Name}
		})
	default: // somebody else binds it
		m.claim(namespace, name, pick(m, []string{"now", "now", "gone"}), "")
	}
}

// addEphemeral mounts a claim that a controller makes from a template, and sometimes has made.
func (m *maker) addEphemeral() {
	pending := m.made.Pending
	template := &v1.PersistentVolumeClaimTemplate{}
	template.Spec.AccessModes = []v1.PersistentVolumeAccessMode{v1.ReadWriteOnce}
	template.Spec.StorageClassName = new("dynamic")
	m.mount(pending, v1.VolumeSource{Ephemeral: &v1.EphemeralVolumeSource{VolumeClaimTemplate: template}})
	m.maybe(70, func() {
		claim := m.claim(pending.Namespace, pending.Name+"-"+pending.Spec.Volumes[len(pending.Spec.Volumes)-1].Name, "dynamic", "")
		m.maybe(80, func() {
			claim.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: pending.Name, UID: pending.UID, Controller: new(true)}}
		})
	})
}
