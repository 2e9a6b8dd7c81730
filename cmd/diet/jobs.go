package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/engine/serve/job"
)

func jobsCommand() *cli.Command {
	return &cli.Command{
		Name:      "jobs",
		Usage:     "list the jobs of diet serve and diet watch, or cancel one",
		ArgsUsage: "[cancel JOB]",
		Description: `Lists what diet serve and diet watch do and did, the newest first. cancel takes back an
apply or a preview that waits, such as for NetBox to come back, or stops one at work: an
apply finishes the requests under way, and does not go on. It needs no NetBox.

   diet jobs
   diet jobs cancel 17`,
		Flags: []cli.Flag{&cli.IntFlag{Name: "most", Usage: "list at most `N` jobs", Value: 50}},
		Action: func(c *cli.Context) error {
			args := c.Args().Slice()
			id, err := int64(0), error(nil)
			switch {
			case len(args) == 2 && args[0] == "cancel":
				id, err = strconv.ParseInt(args[1], 10, 64)
			case len(args) > 0:
				err = errors.New("no such argument")
			}
			if err != nil {
				return usage("jobs takes no argument, or two: cancel JOB, the number of one that `diet jobs` lists")
			}
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			jobs, err := e.openJobs()
			if err != nil {
				return err
			}
			if id == 0 {
				return errors.Join(e.listJobs(jobs), jobs.Close())
			}
			return errors.Join(e.cancelJob(jobs, id), jobs.Close())
		},
	}
}

// openJobs opens the jobs of this machine, or those in the store that machines share.
func (e *env) openJobs() (*job.Runner, error) {
	if err := e.trustStore(); err != nil {
		return nil, err
	}
	store := cmp.Or(e.cli.String("store"), string(e.config.Store))
	cfg := job.Config{Path: e.jobsPath(), Explain: engine.ExplainShared(store)}
	var err error
	if cfg.Database, err = engine.SharedDatabase(e.cli.Context, store); err != nil {
		return nil, err
	}
	if _, err := os.Stat(cfg.Path); cfg.Database == nil && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: diet serve and diet watch keep their jobs there", cfg.Path)
	}
	return job.New(e.cli.Context, cfg)
}

// jobsPath is the file of the jobs of this machine.
func (e *env) jobsPath() string {
	return cmp.Or(string(e.config.Serve.Jobs), job.Beside(e.mirrorPath()))
}

// listJobs prints a line for each job.
func (e *env) listJobs(jobs *job.Runner) error {
	all, err := jobs.Jobs(e.cli.Context, max(1, e.cli.Int("most")))
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(all)
	}
	for i := range all {
		l := &all[i]
		line := fmt.Sprintf("%d  %s  %s %s  %s", l.ID, l.Created.UTC().Format(time.RFC3339), l.Kind, l.Plan, l.State)
		if l.User != "" {
			line += ", for " + l.User
		}
		if o := l.Outcome; o != nil && o.Error != "" {
			line += ": " + o.Error
		}
		fmt.Fprintln(e.out, report.Printable(line))
	}
	if len(all) == 0 {
		fmt.Fprintln(e.out, "there are no jobs")
	}
	return nil
}

// cancelJob ends a job in the name of whoever asks for it.
func (e *env) cancelJob(jobs *job.Runner, id int64) error {
	l, err := jobs.Cancel(e.cli.Context, id, whoAmI())
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(l)
	}
	said := "is cancelled"
	if l.Finished == nil {
		said = "is being stopped: what has been sent is finished"
	}
	fmt.Fprintf(e.out, "job %d, %s of %s, %s\n", l.ID, l.Kind, report.Printable(l.Plan), said)
	return nil
}
