package mirror

// ShutError is a file that cannot be made, or written, where it is to lie.
type ShutError struct{ err error }

// Error is that of the system: it names the file.
func (e *ShutError) Error() string { return e.err.Error() }

// Hint says what to do.
func (e *ShutError) Hint() string {
	return "diet writes a mirror and a store: run it in a folder that you may write, or name others by --mirror FILE and --store FILE"
}

// Unwrap is the system's own error.
func (e *ShutError) Unwrap() error { return e.err }
