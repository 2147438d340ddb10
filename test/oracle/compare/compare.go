// Package compare lets kube-scheduler's plugins and another judge answer the same cases.
package compare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"muster.dev/test/oracle/cases"
	"muster.dev/test/oracle/generate"
	"muster.dev/test/oracle/judge"
)

// Options says what is compared.
type Options struct {
	Seed      uint64
	Cases     int
	Plugins   []string
	Scenarios string   // folder of kept cases; may be empty
	Found     string   // folder that new disagreements are written to
	Command   []string // the judge on trial
	Workers   int
}

// ErrDisagree says that the judges differ more than they may.
var ErrDisagree = errors.New("the judges disagree")

const (
	chunk           = 64 // cases that are on their way at once
	filesMax        = 30 // disagreements that are made small and written
	reasonsPermille = 1  // cases of a thousand that may have other reasons

	// repeats is how often kube-scheduler is asked before a difference counts. It takes the first of
	// equally large volumes in the order of a Go map, which is another one each time.
	repeats = 200
)

// Run compares kept and random cases and prints a table of them. A node that one judge takes and the
// other refuses is an error, and so are other reasons in more than one case of a thousand.
func Run(ctx context.Context, options Options, out io.Writer) error {
	run := &comparison{Options: options, counted: table{}}
	var err error
	if run.generator, err = generate.New(options.Seed, options.Plugins); err != nil {
		return err
	}
	if err := run.scenarios(ctx); err != nil {
		return err
	}
	if err := run.random(ctx); err != nil {
		return err
	}
	if err := run.writeFound(ctx, out); err != nil {
		return err
	}
	run.counted.print(out, append([]string{scenario}, options.Plugins...))
	total := run.counted.sum()
	fmt.Fprintf(out, "seed %d\n", options.Seed)
	if total.otherNodes > 0 || total.otherReason*1000 > total.cases*reasonsPermille {
		return ErrDisagree
	}
	return nil
}

const scenario = "kept scenarios"

type disagreement struct {
	Seed  uint64        `json:"seed"`
	Index int           `json:"index"`
	About string        `json:"about"`
	Case  *cases.Case   `json:"case"`
	Real  *cases.Answer `json:"kubeScheduler,omitempty"`
	Tried *cases.Answer `json:"tried,omitempty"`
}

type comparison struct {
	Options
	generator *generate.Generator
	mutex     sync.Mutex
	next      int
	counted   table
	found     []disagreement
}

// side is one worker's pair of judges.
type side struct {
	real  *judge.Judge
	tried *program
}

func newSide(ctx context.Context, command []string) (*side, error) {
	real, err := judge.New(ctx)
	if err != nil {
		return nil, err
	}
	tried, err := start(command)
	return &side{real, tried}, err
}

func (s *side) ask(one *cases.Case) (*cases.Answer, *cases.Answer, error) {
	line, err := one.Line()
	if err != nil {
		return nil, nil, err
	}
	sent := s.tried.send([][]byte{line})
	real := s.real.Judge(one)
	tried, err := s.tried.receive()
	return real, tried, errors.Join(err, <-sent)
}

// difference compares two answers to one case, and asks kube-scheduler again before it says that
// they differ.
func (s *side) difference(asked *cases.Case, real, tried *cases.Answer) difference {
	found := compareAnswers(real, tried)
	for range repeats {
		if found == same {
			return same
		}
		if compareAnswers(s.real.Judge(asked), tried) == same {
			return sometimesSame
		}
	}
	return found
}

// scenarios asks the cases in which the judges once differed.
func (c *comparison) scenarios(ctx context.Context) error {
	files, err := filepath.Glob(filepath.Join(c.Scenarios, "*.json"))
	if err != nil || c.Scenarios == "" {
		return err
	}
	sort.Strings(files)
	judges, err := newSide(ctx, c.Command)
	if err != nil {
		return err
	}
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		kept := struct{ Case json.RawMessage }{}
		if err := json.Unmarshal(text, &kept); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		one, err := cases.Parse(kept.Case)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		real, tried, err := judges.ask(one)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		c.note(judges, disagreement{Index: i, About: scenario, Case: one, Real: real, Tried: tried})
	}
	return judges.tried.stop()
}

func (c *comparison) random(ctx context.Context) error {
	outcomes := make(chan error)
	for range c.Workers {
		go func() { outcomes <- c.work(ctx) }()
	}
	var all error
	for range c.Workers {
		all = errors.Join(all, <-outcomes)
	}
	return all
}

func (c *comparison) work(ctx context.Context) error {
	judges, err := newSide(ctx, c.Command)
	if err != nil {
		return err
	}
	for {
		c.mutex.Lock()
		first := c.next
		c.next += chunk
		c.mutex.Unlock()
		if first >= c.Cases {
			return judges.tried.stop()
		}
		if err := c.compareChunk(judges, first, min(c.Cases, first+chunk)); err != nil {
			return err
		}
	}
}

func (c *comparison) compareChunk(judges *side, first, end int) error {
	var asked []*cases.Case
	var lines [][]byte
	var about []string
	for i := first; i < end; i++ {
		one, plugin := c.generator.Case(i)
		line, err := one.Line()
		if err != nil {
			return err
		}
		asked, lines, about = append(asked, one), append(lines, line), append(about, plugin)
	}
	sent := judges.tried.send(lines)
	for i, one := range asked {
		real := judges.real.Judge(one)
		tried, err := judges.tried.receive()
		if err != nil {
			return err
		}
		c.note(judges, disagreement{Seed: c.Seed, Index: first + i, About: about[i], Case: one, Real: real, Tried: tried})
	}
	return <-sent
}

func (c *comparison) note(judges *side, answered disagreement) {
	found := judges.difference(answered.Case, answered.Real, answered.Tried)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.counted.count(answered.About, answered.Real, found)
	if found > sometimesSame && len(c.found) < filesMax {
		c.found = append(c.found, answered)
	}
}

// writeFound writes the disagreements, as small as they can be made.
func (c *comparison) writeFound(ctx context.Context, out io.Writer) error {
	if len(c.found) == 0 {
		return nil
	}
	if err := os.MkdirAll(c.Found, 0o755); err != nil {
		return err
	}
	judges, err := newSide(ctx, c.Command)
	if err != nil {
		return err
	}
	sort.Slice(c.found, func(a, b int) bool { return c.found[a].Index < c.found[b].Index })
	for _, found := range c.found {
		kind := compareAnswers(found.Real, found.Tried)
		found.Case = minimise(found.Case, func(smaller *cases.Case) bool {
			real, tried, err := judges.ask(smaller)
			readable := err == nil && (real.Error == "") == (found.Real.Error == "") && (tried.Error == "") == (found.Tried.Error == "")
			return readable && judges.difference(smaller, real, tried) == kind
		})
		if found.Real, found.Tried, err = judges.ask(found.Case); err != nil {
			return err
		}
		text, err := json.MarshalIndent(found, "", "  ")
		if err != nil {
			return err
		}
		file := filepath.Join(c.Found, fmt.Sprintf("%s-%d-%d.json", found.About, found.Seed, found.Index))
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(out, "disagreement: %s\n", file)
	}
	return judges.tried.stop()
}
