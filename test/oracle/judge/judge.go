// Package judge asks kube-scheduler's own plugins, those of its default profile, about a case.
package judge

import (
	"context"
	"fmt"
	"sort"

	v1 "k8s.io/api/core/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/dynamic-resource-allocation/resourceslice/tracker"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/features"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/dynamicresources"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodevolumelimits"
	"k8s.io/kubernetes/pkg/scheduler/framework/runtime"
	"k8s.io/kubernetes/pkg/scheduler/metrics"
	"k8s.io/kubernetes/pkg/scheduler/util/assumecache"

	"muster.dev/test/oracle/cases"
)

// Judge answers cases one after the other; it is made once, because the framework is slow to make.
// It must not be used from two goroutines at once.
type Judge struct {
	framework framework.Framework
	factory   *factory
	snapshot  *lister
}

// lister lets every case have its own snapshot: plugins keep the lister that they were made with.
type lister struct{ *cache.Snapshot }

// New makes kube-scheduler's framework with its default profile and the feature gates of its
// release.
func New(ctx context.Context) (*Judge, error) {
	metrics.Register()
	configuration, err := latest.Default()
	if err != nil {
		return nil, err
	}
	made := &Judge{factory: newFactory(), snapshot: &lister{cache.NewEmptySnapshot()}}
	devices, err := deviceManager(ctx, made.factory)
	if err != nil {
		return nil, err
	}
	// One goroutine: a case is too small to be shared out.
	made.framework, err = runtime.NewFramework(ctx, plugins.NewInTreeRegistry(), &configuration.Profiles[0],
		runtime.WithInformerFactory(made.factory),
		runtime.WithSnapshotSharedLister(made.snapshot),
		runtime.WithSharedDRAManager(devices),
		runtime.WithSharedCSIManager(nodevolumelimits.NewCSIManager(made.factory.Storage().V1().CSINodes().Lister())),
		runtime.WithParallelism(1))
	return made, err
}

func deviceManager(ctx context.Context, informers *factory) (fwk.SharedDRAManager, error) {
	claims := informers.Resource().V1().ResourceClaims().Informer()
	assumed := assumecache.NewAssumeCache(klog.FromContext(ctx), claims, "ResourceClaim", "", nil)
	slices, err := tracker.StartTracker(ctx, tracker.Options{
		EnableDeviceTaintRules:   utilfeature.DefaultFeatureGate.Enabled(features.DRADeviceTaintRules),
		EnableConsumableCapacity: utilfeature.DefaultFeatureGate.Enabled(features.DRAConsumableCapacity),
		SliceInformer:            informers.Resource().V1().ResourceSlices(),
		TaintInformer:            informers.Resource().V1beta2().DeviceTaintRules(),
		ClassInformer:            informers.Resource().V1().DeviceClasses(),
	})
	if err != nil {
		return nil, err
	}
	return dynamicresources.NewDRAManager(ctx, assumed, slices, informers), nil
}

// Judge says of every node whether the pending pod may go there, and why not. What kube-scheduler
// would count as an error of its own refuses the node with the error's words.
func (j *Judge) Judge(asked *cases.Case) *cases.Answer { return j.ask(asked, false) }

// Score adds the scores of the feasible nodes, as kube-scheduler would add them up.
func (j *Judge) Score(asked *cases.Case) *cases.Answer { return j.ask(asked, true) }

func (j *Judge) ask(asked *cases.Case, withScores bool) (answer *cases.Answer) {
	// kube-scheduler trusts validation; what crashes it is no case, and must not end the run.
	defer func() {
		if crash := recover(); crash != nil {
			answer = &cases.Answer{Error: fmt.Sprintf("kube-scheduler crashed: %v", crash)}
		}
	}()
	if err := j.load(asked); err != nil {
		return &cases.Answer{Error: err.Error()}
	}
	ctx := context.Background()
	state := framework.NewCycleState()
	answer = &cases.Answer{Nodes: map[string]cases.Verdict{}, RefusedBy: map[string]string{}}
	feasible := j.filter(ctx, state, asked, answer)
	if withScores {
		j.score(ctx, state, asked.Pending, feasible, answer)
	}
	return answer
}

// load shows the case to the plugins as kube-scheduler's cache would: pods that ended, that are on
// no node or on one that is not there do not count.
func (j *Judge) load(asked *cases.Case) error {
	if err := j.factory.Replace(asked.Objects); err != nil {
		return err
	}
	present := map[string]bool{}
	for _, node := range asked.Nodes {
		present[node.Name] = true
	}
	var placed []*v1.Pod
	for _, pod := range asked.Pods {
		ended := pod.Status.Phase == v1.PodSucceeded || pod.Status.Phase == v1.PodFailed
		if !ended && present[pod.Spec.NodeName] {
			placed = append(placed, pod)
		}
	}
	j.snapshot.Snapshot = cache.NewSnapshot(placed, asked.Nodes)
	return nil
}

// filter is Scheduler.findNodesThatFitPod without its sampling of nodes.
func (j *Judge) filter(ctx context.Context, state fwk.CycleState, asked *cases.Case, answer *cases.Answer) []fwk.NodeInfo {
	narrowed, status, unsatisfied := j.framework.RunPreFilterPlugins(ctx, state, asked.Pending)
	var feasible []fwk.NodeInfo
	for _, node := range asked.Nodes {
		nodeStatus := status
		switch {
		case !status.IsSuccess():
		case !narrowed.AllNodes() && !narrowed.NodeNames.Has(node.Name):
			names := unsatisfied.UnsortedList()
			sort.Strings(names)
			nodeStatus = fwk.NewStatus(fwk.UnschedulableAndUnresolvable, fmt.Sprintf("node(s) didn't satisfy plugin(s) %v", names))
		default:
			info, err := j.snapshot.Get(node.Name)
			if err != nil {
				panic(err)
			}
			if nodeStatus = j.framework.RunFilterPlugins(ctx, state, asked.Pending, info); nodeStatus.IsSuccess() {
				feasible = append(feasible, info)
			}
		}
		if !nodeStatus.IsSuccess() {
			answer.RefusedBy[node.Name] = nodeStatus.Plugin()
		}
		answer.Nodes[node.Name] = verdict(nodeStatus)
	}
	return feasible
}

func verdict(status *fwk.Status) cases.Verdict {
	said := cases.Verdict{Feasible: status.IsSuccess(), Reasons: []string{}}
	if !said.Feasible {
		said.Reasons = append(said.Reasons, status.Reasons()...)
	}
	sort.Strings(said.Reasons)
	return said
}

// score is Scheduler.prioritizeNodes; with one feasible node kube-scheduler does not ask.
func (j *Judge) score(ctx context.Context, state fwk.CycleState, pod *v1.Pod, feasible []fwk.NodeInfo, answer *cases.Answer) {
	answer.Scores, answer.Detail = map[string]int64{}, map[string]map[string]int64{}
	if len(feasible) == 0 {
		return
	}
	if status := j.framework.RunPreScorePlugins(ctx, state, pod, feasible); !status.IsSuccess() {
		answer.Error = status.Message()
		return
	}
	scored, status := j.framework.RunScorePlugins(ctx, state, pod, feasible)
	if !status.IsSuccess() {
		answer.Error = status.Message()
		return
	}
	for _, node := range scored {
		answer.Scores[node.Name] = node.TotalScore
		answer.Detail[node.Name] = map[string]int64{}
		for _, plugin := range node.Scores {
			answer.Detail[node.Name][plugin.Name] = plugin.Score
		}
	}
}
