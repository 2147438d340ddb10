package compare

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sort"

	"muster.dev/test/oracle/cases"
)

// program is the judge on trial: it answers each line on its standard input with one of its own.
type program struct {
	command *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
}

func start(command []string) (*program, error) {
	started := &program{command: exec.Command(command[0], command[1:]...)}
	started.command.Stderr = os.Stderr
	var err error
	if started.input, err = started.command.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := started.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started.output = bufio.NewReaderSize(output, 1<<20)
	return started, started.command.Start()
}

func (p *program) stop() error {
	if err := p.input.Close(); err != nil {
		return err
	}
	return p.command.Wait()
}

// send writes all lines while the caller does something else; the channel gives the outcome.
func (p *program) send(lines [][]byte) <-chan error {
	outcome := make(chan error, 1)
	go func() {
		for _, line := range lines {
			if _, err := p.input.Write(line); err != nil {
				outcome <- err
				return
			}
		}
		outcome <- nil
	}()
	return outcome
}

func (p *program) receive() (*cases.Answer, error) {
	line, err := p.output.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the judge on trial ended: %w", err)
	}
	answer := &cases.Answer{}
	if err := json.Unmarshal(line, answer); err != nil {
		return nil, fmt.Errorf("the judge on trial answered %q: %w", line, err)
	}
	for _, verdict := range answer.Nodes {
		sort.Strings(verdict.Reasons)
	}
	return answer, nil
}
