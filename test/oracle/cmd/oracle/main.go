// Command oracle asks kube-scheduler's own code what it would say.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"muster.dev/test/oracle/amounts"
	"muster.dev/test/oracle/cases"
	"muster.dev/test/oracle/compare"
	"muster.dev/test/oracle/generate"
	"muster.dev/test/oracle/judge"
)

const usage = `Usage: oracle COMMAND

  judge        cases on standard input, one JSON line each -> which nodes take the pod, and why not
  score        the same with the scores of the nodes that take it
  requests     pods on standard input, one JSON line each -> what NodeResourcesFit counts for them
  quantities   strings on standard input, one JSON string a line -> what they are as quantities
  plugins      the plugins whose rules random cases are about
  generate     [--seed N] [--cases M] [--only PLUGIN,..] [--scores | --quantities | --pods]   random input for the
               above; --scores adds to the cases what only scores read: workloads and images
  compare      [--seed N] [--cases M] [--only PLUGIN,..] [--scenarios DIR] [--found DIR] -- COMMAND..
               lets COMMAND (such as musterctl judge) and kube-scheduler judge the same cases

Exit codes: 0 done, 1 they disagree, 2 usage, 3 could not do it.
`

const lineBytesMax = 64 << 20

func main() {
	err := run(os.Args[1:])
	switch {
	case err == nil:
	case errors.Is(err, compare.ErrDisagree), errors.Is(err, amounts.ErrDisagree):
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(3)
	}
}

var errUsage = errors.New("usage")

type flags struct {
	*flag.FlagSet
	seed                   uint64
	cases                  int
	only, scenarios, found string
	scores                 bool
	quantities, pods       bool
}

func parse(arguments []string) (*flags, error) {
	given := &flags{FlagSet: flag.NewFlagSet("oracle", flag.ContinueOnError)}
	given.SetOutput(io.Discard)
	given.Uint64Var(&given.seed, "seed", 1, "")
	given.IntVar(&given.cases, "cases", 1000, "")
	given.StringVar(&given.only, "only", strings.Join(generate.Plugins(), ","), "")
	given.StringVar(&given.scenarios, "scenarios", "", "")
	given.StringVar(&given.found, "found", "disagreements", "")
	given.BoolVar(&given.scores, "scores", false, "")
	given.BoolVar(&given.quantities, "quantities", false, "")
	given.BoolVar(&given.pods, "pods", false, "")
	if err := given.Parse(arguments); err != nil {
		return nil, errUsage
	}
	return given, nil
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return errUsage
	}
	given, err := parse(arguments[1:])
	if err != nil {
		return err
	}
	ctx := context.Background()
	switch arguments[0] {
	case "judge":
		return answerCases(ctx, (*judge.Judge).Judge)
	case "score":
		return answerCases(ctx, (*judge.Judge).Score)
	case "requests":
		return answerLines(amounts.Requests)
	case "quantities":
		return answerLines(amounts.Quantity)
	case "plugins":
		fmt.Println(strings.Join(generate.Plugins(), "\n"))
		return nil
	case "generate":
		return printGenerated(given)
	case "compare":
		return runCompare(ctx, given)
	}
	return errUsage
}

func runCompare(ctx context.Context, given *flags) error {
	if given.NArg() == 0 {
		return errUsage
	}
	if given.quantities || given.pods {
		return amounts.Compare(given.seed, given.cases, given.pods, given.Args(), os.Stdout)
	}
	return compare.Run(ctx, compare.Options{Seed: given.seed, Cases: given.cases, Plugins: strings.Split(given.only, ","),
		Scenarios: given.scenarios, Found: given.found, Command: given.Args(), Workers: runtime.NumCPU()}, os.Stdout)
}

// answerLines answers every line of standard input with one of standard output.
func answerLines(answer func(line []byte) any) error {
	out := bufio.NewWriter(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, lineBytesMax)
	for lines.Scan() {
		text, err := json.Marshal(answer(lines.Bytes()))
		if err != nil {
			return err
		}
		if _, err := out.Write(append(text, '\n')); err != nil {
			return err
		}
	}
	return errors.Join(lines.Err(), out.Flush())
}

func answerCases(ctx context.Context, ask func(*judge.Judge, *cases.Case) *cases.Answer) error {
	made, err := judge.New(ctx)
	if err != nil {
		return err
	}
	return answerLines(func(line []byte) any {
		asked, err := cases.Parse(line)
		if err != nil {
			return &cases.Answer{Error: err.Error()}
		}
		return ask(made, asked)
	})
}

func printGenerated(given *flags) error {
	out := bufio.NewWriter(os.Stdout)
	if given.quantities || given.pods {
		amounts.Generate(given.seed, given.cases, given.pods, func(line []byte) { out.Write(line) })
		return out.Flush()
	}
	made, err := generate.New(given.seed, strings.Split(given.only, ","))
	if err != nil {
		return err
	}
	for i := range given.cases {
		one, _ := made.Case(i)
		if given.scores {
			one = made.ScoredCase(i)
		}
		line, err := one.Line()
		if err != nil {
			return err
		}
		out.Write(line)
	}
	return out.Flush()
}
