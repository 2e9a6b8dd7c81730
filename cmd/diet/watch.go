package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/engine/serve/job"
)

func watchCommand() *cli.Command {
	return &cli.Command{
		Name:  "watch",
		Usage: "run jobs: what schedules say, and checks of what has changed",
		Description: `Does what diet serve does, without pages and without listening, until it is
interrupted: schedules, drift checks, applies of what the policies let act without a
person, notifications, and a check of each plan whose file, answers or policies
change. It logs to stderr, as JSON with --json.

With --once it does what is due by the schedules, prints what became of it, and ends:
with 1 if anything failed. Something else, such as cron or a CI system, then says when.

   diet watch
   diet watch --once --json`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "once", Usage: "do what is due, and end"},
			&cli.BoolFlag{Name: "all", Usage: "with --once: do all that schedules name, due or not"},
		},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			if c.Bool("all") && !c.Bool("once") {
				return usage("--all goes with --once")
			}
			s, err := e.newService()
			if err != nil {
				return err
			}
			if c.Bool("once") {
				return outcomes{s.once(), s.close()}.err(c.Context)
			}
			s.log.Info("watch", "plans", len(s.plans()), "version", version)
			return s.run(c.Context, func(ctx context.Context) error {
				<-ctx.Done()
				return nil
			})
		},
	}
}

// once does what is due, and prints what became of it.
func (s *service) once() error {
	c := s.env.cli
	willWrite(c.Context)
	how := job.Due
	if c.Bool("all") {
		how = job.Everything
	}
	all, err := s.jobs.Once(c.Context, how)
	if err != nil {
		return err
	}
	if all == nil {
		all = []job.Outcome{}
	}
	if c.Bool("json") {
		err = s.env.print(all)
	} else {
		s.env.printOutcomes(all)
	}
	for i := range all {
		if all[i].Result != job.Done && !all[i].Gone { // nothing is wrong with a plan that is not there any more
			return errors.Join(err, &codeError{code: exitError})
		}
	}
	return err
}

// printOutcomes prints a line for each job.
func (e *env) printOutcomes(all []job.Outcome) {
	if len(all) == 0 {
		fmt.Fprintln(e.out, "nothing is due")
	}
	for i := range all {
		o := &all[i]
		line := o.Kind
		if o.Plan != "" {
			line += " " + o.Plan
		}
		line += ": " + string(o.Result)
		for _, more := range []struct{ before, value string }{{", ", o.Run}, {": ", o.Error}} {
			if more.value != "" {
				line += more.before + more.value
			}
		}
		fmt.Fprintln(e.out, report.PrintableLines(line))
		if o.Status != nil {
			fmt.Fprintf(e.out, "  %s\n", o.Status.Status)
		}
	}
}
