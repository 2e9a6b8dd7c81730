package main

import (
	"cmp"
	"fmt"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/call"
)

func approveCommand() *cli.Command {
	return &cli.Command{
		Name:      "approve",
		Usage:     "approve a preview, with an SSH key",
		ArgsUsage: "PREVIEW-ID | PREVIEW-FILE",
		Description: `Signs the preview as it is, to the last value: of one that is made anew, or altered,
it is no approval. A rule that wants approvals (docs/approval.md) lets an apply go on
once as many people have approved. Who approves is told by the key alone: approvers in
diet.yaml has a name for each. An approval of a stored preview goes into the store, one of a
file into the file. Needs no NetBox.

   diet approve pv-1a2b3c4d --key ~/.ssh/id_ed25519
   diet approve change.diet --key ~/.ssh/id_ed25519.pub --expires 24h`,
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name:  "key",
				Usage: "`FILE` with a private key in OpenSSH form; or with a public key, whose private one ssh-agent holds (SSH_AUTH_SOCK)",
			},
			&cli.StringFlag{Name: "expires", Usage: "when the approval ends: `TIME` as 2026-12-31, as 2026-12-31T18:00:00Z, or from now: 12h, 30d"},
		},
		Action: approveAction,
	}
}

func approveAction(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	if c.NArg() != 1 {
		return usage("name one preview: its id, or a file")
	}
	if !c.IsSet("key") {
		return usage("--key is missing: say which SSH key signs; a name proves nothing")
	}
	a := engine.Approver{Call: e.call, Approvers: e.approvers, Now: time.Now()}
	if a.Expires, err = expiry(c.String("expires"), a.Now); err != nil {
		return err
	}
	signer, done, err := e.signer(c.String("key"))
	if err != nil {
		return err
	}
	a.Signer = signer
	approve := e.approveKept
	if isCarried(c.Args().First()) {
		approve = e.approveCarried
	}
	return outcomes{approve(c.Args().First(), a), done()}.err(c.Context)
}

// approveKept approves a stored preview.
func (e *env) approveKept(id string, a engine.Approver) error {
	return e.withEngine(func(eng *engine.Engine) error {
		p, who, err := eng.Approve(e.cli.Context, id, a)
		if err != nil {
			return err
		}
		return e.showApproved(p, who, id)
	})
}

// approveCarried approves a preview in a file. Those who do so at the same time take turns:
// each reads what the one before has written.
func (e *env) approveCarried(name string, a engine.Approver) error {
	var p *engine.CarriedPreview
	var who string
	err := e.inTurn(name, func(path string) (err error) {
		if p, err = e.readCarried(path); err != nil {
			return err
		}
		p.Weigh(e.call, e.approvers, name, a.Now)
		if who, err = p.Approve(a); err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("read preview: %w", err)
		}
		return writeWhole(path, info.Mode().Perm(), p.Write)
	})
	if err != nil {
		return err
	}
	return e.showApproved(p.Preview, who, name)
}

// showApproved says who has approved a preview, and what comes next.
func (e *env) showApproved(p *engine.Preview, who, of string) error {
	if err := e.format().Approvals(p); err != nil {
		return err
	}
	e.say("diet: %s approved %s", who, cmp.Or(of, p.ID))
	if p.Approvals.Missing == 0 {
		e.say("diet: `diet apply %s` applies it", call.Quoted(of))
	}
	return nil
}
