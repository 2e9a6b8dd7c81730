package main

import (
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"
)

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print diet's version",
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return e.print(map[string]string{"version": version, "go": runtime.Version()})
			}
			fmt.Fprintf(e.out, "diet %s (%s)\n", version, runtime.Version())
			return nil
		},
	}
}
