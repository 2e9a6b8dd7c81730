// Command diet keeps NetBox true to a plan. See README.md.
package main

import (
	"context"
	"os"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx := interruptible(context.Background(), os.Stderr)
	os.Exit(run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr))
}
