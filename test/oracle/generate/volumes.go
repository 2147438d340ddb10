package generate

import (
	"fmt"

	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func (m *maker) mount(pod *v1.Pod, source v1.VolumeSource) {
	name := fmt.Sprintf("volume-%d", len(pod.Spec.Volumes))
	pod.Spec.Volumes = append(pod.Spec.Volumes, v1.Volume{Name: name, VolumeSource: source})
}

func (m *maker) mountClaim(pod *v1.Pod, claim string) {
	m.mount(pod, v1.VolumeSource{PersistentVolumeClaim: &v1.PersistentVolumeClaimVolumeSource{ClaimName: claim}})
}

// claim adds a claim; bound to the volume unless that is empty.
func (m *maker) claim(namespace, name, class, volume string) *v1.PersistentVolumeClaim {
	claim := &v1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, UID: types.UID("claim-" + namespace + name)}}
	claim.Spec.AccessModes = []v1.PersistentVolumeAccessMode{v1.ReadWriteOnce}
	claim.Spec.Resources.Requests = v1.ResourceList{v1.ResourceStorage: bytes(1 << 30)}
	claim.Spec.StorageClassName = &class
	if volume != "" {
		claim.Spec.VolumeName = volume
		claim.Status.Phase = v1.ClaimBound
		claim.Annotations = map[string]string{"pv.kubernetes.io/bind-completed": "yes"}
	}
	m.addObject(claim)
	return claim
}

func (m *maker) volume(name, class string) *v1.PersistentVolume {
	volume := &v1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{}}}
	volume.Spec.AccessModes = []v1.PersistentVolumeAccessMode{v1.ReadWriteOnce}
	volume.Spec.Capacity = v1.ResourceList{v1.ResourceStorage: bytes(int64(1+m.IntN(3)) << 30)}
	volume.Spec.StorageClassName = class
	volume.Status.Phase = v1.VolumeAvailable
	m.addObject(volume)
	return volume
}

func bind(volume *v1.PersistentVolume, claim *v1.PersistentVolumeClaim) {
	volume.Spec.ClaimRef = &v1.ObjectReference{Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID}
	volume.Status.Phase = v1.VolumeBound
}

func (m *maker) addDisks() {
	pods := append([]*v1.Pod{m.made.Pending}, m.made.Pods...)
	m.maybe(30, func() { m.addExclusiveClaim(pods) })
	for _, pod := range pods {
		m.maybe(75, func() { m.mount(pod, m.disk()) })
		m.maybe(15, func() { m.mount(pod, m.disk()) })
	}
}

func (m *maker) disk() v1.VolumeSource {
	readOnly := m.chance(40)
	switch m.IntN(4) {
	case 0:
		return v1.VolumeSource{GCEPersistentDisk: &v1.GCEPersistentDiskVolumeSource{PDName: pick(m, []string{"d0", "d1", "d2"}), ReadOnly: readOnly}}
	case 1:
		return v1.VolumeSource{AWSElasticBlockStore: &v1.AWSElasticBlockStoreVolumeSource{VolumeID: pick(m, []string{"d0", "d1", "d2"}), ReadOnly: readOnly}}
	case 2:
		return v1.VolumeSource{ISCSI: &v1.ISCSIVolumeSource{TargetPortal: "10.0.0.1", IQN: pick(m, []string{"d0", "d1", "d2"}), ReadOnly: readOnly}}
	default:
		return v1.VolumeSource{RBD: &v1.RBDVolumeSource{CephMonitors: append(some(m, []string{"m0", "m1"}, 50), "m2"),
			RBDImage: pick(m, []string{"d0", "d1"}), RBDPool: pick(m, []string{"", "pool"}), ReadOnly: readOnly}}
	}
}

// addExclusiveClaim shares a claim that only one pod may use.
func (m *maker) addExclusiveClaim(pods []*v1.Pod) {
	claim := m.claim(m.made.Pending.Namespace, "exclusive", "static", "exclusive")
	claim.Spec.AccessModes = []v1.PersistentVolumeAccessMode{v1.ReadWriteOncePod}
	m.maybe(20, func() { claim.Spec.AccessModes = []v1.PersistentVolumeAccessMode{v1.ReadWriteOnce} })
	volume := m.volume("exclusive", "static")
	volume.Spec.AccessModes = claim.Spec.AccessModes
	bind(volume, claim)
	m.mountClaim(m.made.Pending, "exclusive")
	m.maybe(50, func() { m.mountClaim(pick(m, pods), "exclusive") })
}

func (m *maker) addVolumeZones() {
	for i := range 1 + m.IntN(2) {
		name := fmt.Sprintf("zoned-%d", i)
		claim := m.claim(m.made.Pending.Namespace, name, "static", name)
		volume := m.volume(name, "static")
		m.maybe(70, func() { bind(volume, claim) })
		m.maybe(85, func() {
			key := pick(m, []string{zoneLabel, zoneLabel, v1.LabelFailureDomainBetaZone, regionLabel})
			value := pick(m, append(zones, "z0__z1", "z1__z2", "z0__", ""))
			if key == regionLabel {
				value = pick(m, []string{"r0", "r1", "r0__r1"})
			}
			volume.Labels[key] = value
		})
		m.mountClaim(m.made.Pending, name)
	}
	for _, node := range m.made.Nodes {
		m.maybe(10, func() { node.Labels[v1.LabelFailureDomainBetaZone] = pick(m, zones) })
	}
	m.maybe(3, func() { m.mountClaim(m.made.Pending, "missing") })
}

func (m *maker) addVolumeLimits() {
	drivers := []string{"csi.example.com", "ebs.csi.aws.com"}
	for _, node := range m.made.Nodes {
		m.maybe(90, func() { m.addCSINode(node.Name, drivers) })
	}
	m.maybe(30, func() {
		m.addObject(&storagev1.CSIDriver{ObjectMeta: metav1.ObjectMeta{Name: drivers[0]}})
	})
	count := 0
	for _, pod := range append([]*v1.Pod{m.made.Pending}, m.made.Pods...) {
		for m.chance(60) {
			count++
			m.addCSIVolume(pod, drivers, count)
		}
	}
}

func (m *maker) addCSINode(name string, drivers []string) {
	csiNode := &storagev1.CSINode{ObjectMeta: metav1.ObjectMeta{Name: name}}
	for _, driver := range some(m, drivers, 85) {
		entry := storagev1.CSINodeDriver{Name: driver, NodeID: name, TopologyKeys: []string{zoneLabel}}
		m.maybe(85, func() { entry.Allocatable = &storagev1.VolumeNodeResources{} })
		if entry.Allocatable != nil {
			m.maybe(95, func() { entry.Allocatable.Count = new(int32(m.IntN(5))) })
		}
		csiNode.Spec.Drivers = append(csiNode.Spec.Drivers, entry)
	}
	m.maybe(30, func() {
		csiNode.Annotations = map[string]string{v1.MigratedPluginsAnnotationKey: pick(m, []string{"kubernetes.io/aws-ebs", "kubernetes.io/gce-pd", ""})}
	})
	m.addObject(csiNode)
}

func (m *maker) addCSIVolume(pod *v1.Pod, drivers []string, count int) {
	name := fmt.Sprintf("csi-%d", count)
	if m.chance(15) {
		m.mount(pod, v1.VolumeSource{CSI: &v1.CSIVolumeSource{Driver: pick(m, drivers)}})
		return
	}
	if m.chance(10) { // one that another pod has too, or that does not exist
		m.mountClaim(pod, fmt.Sprintf("csi-%d", m.IntN(8)))
		return
	}
	claim := m.claim(pod.Namespace, name, "static", name)
	volume := m.volume(name, "static")
	bind(volume, claim)
	volume.Spec.CSI = &v1.CSIPersistentVolumeSource{Driver: pick(m, drivers), VolumeHandle: name}
	m.maybe(10, func() {
		volume.Spec.CSI = nil
		volume.Spec.AWSElasticBlockStore = &v1.AWSElasticBlockStoreVolumeSource{VolumeID: "aws://z0/" + name}
	})
	m.mountClaim(pod, name)
}
