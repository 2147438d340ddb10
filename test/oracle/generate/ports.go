package generate

import (
	v1 "k8s.io/api/core/v1"
)

func (m *maker) addPorts() {
	for _, pod := range m.made.Pods {
		m.maybe(70, func() { m.openPorts(pod) })
	}
	m.openPorts(m.made.Pending)
}

func (m *maker) openPorts(pod *v1.Pod) {
	pod.Spec.HostNetwork = m.chance(10)
	main := &pod.Spec.Containers[0]
	main.Ports = append(main.Ports, m.port())
	for m.chance(30) {
		main.Ports = append(main.Ports, m.port())
	}
	m.maybe(15, func() {
		starter := v1.Container{Name: "starter", Image: "image:1", Ports: []v1.ContainerPort{m.port()}}
		m.maybe(50, func() { starter.RestartPolicy = new(v1.ContainerRestartPolicyAlways) })
		pod.Spec.InitContainers = append(pod.Spec.InitContainers, starter)
	})
}

func (m *maker) port() v1.ContainerPort {
	port := v1.ContainerPort{ContainerPort: int32(8080 + m.IntN(4)), HostPort: int32(8080 + m.IntN(4))}
	m.maybe(20, func() { port.HostPort = 0 })
	m.maybe(60, func() { port.Protocol = pick(m, []v1.Protocol{v1.ProtocolTCP, v1.ProtocolUDP, v1.ProtocolSCTP}) })
	m.maybe(50, func() { port.HostIP = pick(m, []string{"0.0.0.0", "127.0.0.1", "10.0.0.1", "::"}) })
	m.maybe(2, func() { port.HostPort = pick(m, []int32{-1, 70000}) })
	return port
}
