// Command kube-controller-manager is the upstream component, linked from its Go module, so that a
// test cluster needs no release download.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"

	// Registers client-go's request metrics on /metrics.
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
)

func main() { os.Exit(cli.Run(app.NewControllerManagerCommand())) }
