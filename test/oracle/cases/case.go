// Package cases is the form in which a question to a scheduler is written down: a cluster and the
// pod that waits. It is the input of "oracle judge" and of "musterctl judge", one JSON line each.
package cases

import (
	"bytes"
	"encoding/json"
	"fmt"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	kjson "sigs.k8s.io/json"
)

// Case is one cluster and one pod that waits. Objects are of any kind that plugins read besides
// nodes and pods.
type Case struct {
	Nodes   []*v1.Node `json:"nodes"`
	Pods    []*v1.Pod  `json:"pods"`
	Objects []Object   `json:"objects"`
	Pending *v1.Pod    `json:"pending"`
}

// Object is an object that says its kind in its JSON form.
type Object struct{ runtime.Object }

// UnmarshalJSON decodes any kind of client-go's scheme.
func (o *Object) UnmarshalJSON(data []byte) error {
	decoded, _, err := scheme.Codecs.UniversalDeserializer().Decode(data, nil, nil)
	o.Object = decoded
	return err
}

// MarshalJSON adds apiVersion and kind.
func (o Object) MarshalJSON() ([]byte, error) {
	kinds, _, err := scheme.Scheme.ObjectKinds(o.Object)
	if err != nil {
		return nil, err
	}
	o.Object.GetObjectKind().SetGroupVersionKind(kinds[0])
	return json.Marshal(o.Object)
}

// Parse reads one case as the API server reads objects: field names are case-sensitive.
func Parse(line []byte) (*Case, error) {
	parsed := &Case{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(line, parsed); err != nil {
		return nil, err
	}
	if parsed.Pending == nil {
		return nil, fmt.Errorf("pending: a pod belongs here")
	}
	return parsed, nil
}

// Line writes the case as one JSON line with its end.
func (c *Case) Line() ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(c)
	return line.Bytes(), err
}

// Copy is a deep copy.
func (c *Case) Copy() *Case {
	copied := &Case{Pending: c.Pending.DeepCopy()}
	for _, node := range c.Nodes {
		copied.Nodes = append(copied.Nodes, node.DeepCopy())
	}
	for _, pod := range c.Pods {
		copied.Pods = append(copied.Pods, pod.DeepCopy())
	}
	for _, object := range c.Objects {
		copied.Objects = append(copied.Objects, Object{object.DeepCopyObject()})
	}
	return copied
}

// Verdict is what a scheduler says of one node. Reasons are sorted; none when it is feasible.
type Verdict struct {
	Feasible bool     `json:"feasible"`
	Reasons  []string `json:"reasons"`
}

// Answer is what a scheduler says of a case, or why it could not be read.
type Answer struct {
	Nodes  map[string]Verdict          `json:"nodes,omitempty"`
	Scores map[string]int64            `json:"scores,omitempty"`
	Detail map[string]map[string]int64 `json:"detail,omitempty"` // node, plugin: weighted score
	Error  string                      `json:"error,omitempty"`
	// Rejected by: the plugin that refused the node first; not part of the comparison.
	RefusedBy map[string]string `json:"-"`
}
