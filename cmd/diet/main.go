// Command diet keeps NetBox true to a plan. See README.md.
package main

import (
	"bytes"
	"context"
	"io"
	"log"
	"os"
	"runtime"
)

// version is set by the linker.
var version = "dev"

func main() {
	log.SetOutput(heedless{os.Stderr})
	ctx := interruptible(context.Background(), os.Stderr)
	ballast := make([]byte, ballastBytes)
	code := run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr)
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

// heedless leaves out what net/http says of a server that sends more than it was asked for: that connection is
// closed, and what was asked for is answered.
type heedless struct{ io.Writer }

// Write implements [io.Writer].
func (h heedless) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("Unsolicited response received on idle HTTP channel")) {
		return len(line), nil
	}
	return h.Writer.Write(line)
}

// ballastBytes count as part of the heap, so the garbage collector does not run before it
// is as large again: most commands end before, and else spend a third of their time on it.
// They are never touched, and so take no memory.
const ballastBytes = 64 << 20
