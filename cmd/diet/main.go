// Command diet keeps NetBox true to a plan. See README.md.
package main

import (
	"context"
	"os"
	"runtime"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx := interruptible(context.Background(), os.Stderr)
	ballast := make([]byte, ballastBytes)
	code := run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr)
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

// ballastBytes count as part of the heap, so the garbage collector does not run before it
// is as large again: most commands end before, and else spend a third of their time on it.
// They are never touched, and so take no memory.
const ballastBytes = 64 << 20
