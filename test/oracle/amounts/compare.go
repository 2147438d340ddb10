package amounts

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
)

// ErrDisagree says that a quantity or a pod was read differently.
var ErrDisagree = errors.New("the amounts differ")

const printedMax = 20

// Compare sends generated quantities or pods to the command and compares its answers, which have
// the form of Quantity's or of Requests', with Kubernetes'.
func Compare(seed uint64, count int, pods bool, command []string, out io.Writer) error {
	tried := exec.Command(command[0], command[1:]...)
	tried.Stderr = os.Stderr
	input, err := tried.StdinPipe()
	if err != nil {
		return err
	}
	output, err := tried.StdoutPipe()
	if err != nil {
		return err
	}
	if err := tried.Start(); err != nil {
		return err
	}
	sent := make(chan error, 1)
	go func() {
		buffered := bufio.NewWriterSize(input, 1<<20)
		Generate(seed, count, pods, func(line []byte) { buffered.Write(line) })
		sent <- errors.Join(buffered.Flush(), input.Close())
	}()
	differing, refused := 0, 0
	answers := bufio.NewScanner(output)
	answers.Buffer(nil, 1<<20)
	for i := range count {
		if !answers.Scan() {
			return fmt.Errorf("the command ended after %d of %d answers: %w", i, count, errors.Join(answers.Err(), tried.Wait()))
		}
		line := generated(seed, i, pods)
		same, isRefused := sameAmounts(line, answers.Bytes(), pods)
		if isRefused {
			refused++
		}
		if !same {
			if differing++; differing <= printedMax {
				fmt.Fprintf(out, "differs: %s  Kubernetes %s\n  tried      %s\n", line, expected(line, pods), answers.Bytes())
			}
		}
	}
	kind := "quantities"
	if pods {
		kind = "pods"
	}
	fmt.Fprintf(out, "%s: %d compared, %d of them refused by both or one, %d differ; seed %d\n", kind, count, refused, differing, seed)
	if err := errors.Join(<-sent, tried.Wait()); err != nil {
		return err
	}
	if differing > 0 {
		return ErrDisagree
	}
	return nil
}

func expected(line []byte, pods bool) []byte {
	answer := Quantity
	if pods {
		answer = Requests
	}
	text, err := json.Marshal(answer(line))
	if err != nil {
		panic(err) // maps of numbers have a JSON form
	}
	return text
}

// sameAmounts: two refusals need not have the same words.
func sameAmounts(line, given []byte, pods bool) (same, refused bool) {
	var a, b map[string]json.RawMessage
	if json.Unmarshal(expected(line, pods), &a) != nil || json.Unmarshal(given, &b) != nil {
		return false, false
	}
	_, refusedA := a["error"]
	_, refusedB := b["error"]
	if refusedA || refusedB {
		return refusedA == refusedB, true
	}
	return reflect.DeepEqual(a, b), false
}
