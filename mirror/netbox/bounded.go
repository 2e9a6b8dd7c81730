package netbox

import (
	"errors"
	"io"
)

// ErrTooLarge is an answer that is larger than any of NetBox's: it is not read to its end.
var ErrTooLarge = errors.New("the answer is larger than 64 MB: it is not NetBox's, or something between inflates it")

// largest is how much of an answer is read, unpacked: a page of a thousand devices takes
// some 4 MB.
const largest = 64 << 20

// bounded is a body that fails once more than largest was read of it.
type bounded struct {
	io.ReadCloser
	left int64
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}
