package compare

import (
	"fmt"
	"io"

	"muster.dev/test/oracle/cases"
)

// row counts what happened in the cases that are mainly about one plugin.
type row struct {
	cases, errors           int
	verdicts, feasible      int // nodes
	refusedByIt             int // nodes that this plugin was the first to refuse
	otherNodes, otherReason int // cases
	sometimes               int // cases
}

type table map[string]*row

func (t table) count(plugin string, real *cases.Answer, found difference) {
	line := t[plugin]
	if line == nil {
		line = &row{}
		t[plugin] = line
	}
	line.cases++
	if real.Error != "" {
		line.errors++
	}
	line.verdicts += len(real.Nodes)
	for name, verdict := range real.Nodes {
		if verdict.Feasible {
			line.feasible++
		} else if real.RefusedBy[name] == plugin {
			line.refusedByIt++
		}
	}
	switch found {
	case otherNodes:
		line.otherNodes++
	case otherReasons:
		line.otherReason++
	case sometimesSame:
		line.sometimes++
	}
}

func (t table) add(other table) {
	for plugin, line := range other {
		sum := t[plugin]
		if sum == nil {
			sum = &row{}
			t[plugin] = sum
		}
		sum.cases += line.cases
		sum.errors += line.errors
		sum.verdicts += line.verdicts
		sum.feasible += line.feasible
		sum.refusedByIt += line.refusedByIt
		sum.otherNodes += line.otherNodes
		sum.otherReason += line.otherReason
		sum.sometimes += line.sometimes
	}
}

func (t table) sum() row {
	total := table{}
	for _, line := range t {
		total.add(table{"all": line})
	}
	if len(total) == 0 {
		return row{}
	}
	return *total["all"]
}

func (t table) print(out io.Writer, plugins []string) {
	const form = "%-20s %9v %9v %10v %11v %11v %14v %9v %7v\n"
	fmt.Fprintf(out, form, "about", "cases", "nodes", "feasible %", "refused by %", "other nodes", "other reasons", "sometimes", "errors")
	line := func(name string, of row) {
		percent := func(part int) string { return fmt.Sprintf("%.1f", 100*float64(part)/float64(max(1, of.verdicts))) }
		fmt.Fprintf(out, form, name, of.cases, of.verdicts, percent(of.feasible), percent(of.refusedByIt), of.otherNodes, of.otherReason, of.sometimes, of.errors)
	}
	for _, plugin := range plugins {
		if t[plugin] != nil {
			line(plugin, *t[plugin])
		}
	}
	line("all", t.sum())
}
