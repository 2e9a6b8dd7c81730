package value

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// initialSort tells the fields that are only set at creation from those of the same name
// that are owned.
const initialSort = "initial "

// Sign hashes the values of doc at the keys of fields without those of released, and
// then those of initial: 64 bits, as a signed integer for SQLite. What doc lacks counts
// as null.
func Sign(fields, released, doc, initial map[string]any) int64 {
	buf := appendSigned(make([]byte, 0, 512), "", fields, released, doc)
	return int64(xxhash.Sum64(appendSigned(buf, initialSort, initial, released, initial)))
}

func appendSigned(buf []byte, sort string, fields, released, doc map[string]any) []byte {
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := released[key]; !ok {
			buf = Append(appendText(buf, sort+key), doc[key])
		}
	}
	return buf
}

// SignJSON is [Sign] for objects whose values are still JSON text.
func SignJSON(fields, released, doc, initial Object) (int64, error) {
	buf, err := appendSignedJSON(make([]byte, 0, 512), "", fields, released, doc)
	if err == nil {
		buf, err = appendSignedJSON(buf, initialSort, initial, released, initial)
	}
	return int64(xxhash.Sum64(buf)), err
}

func appendSignedJSON(buf []byte, sort string, fields, released, doc Object) ([]byte, error) {
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := released[key]; ok {
			continue
		}
		var err error
		if buf, err = AppendJSON(appendText(buf, sort+key), doc[key]); err != nil {
			return nil, fmt.Errorf("field %q: %w", key, err)
		}
	}
	return buf, nil
}

// Hash hashes a list of values.
func Hash(values ...any) int64 {
	buf := make([]byte, 0, 512)
	for _, v := range values {
		buf = Append(buf, v)
	}
	return int64(xxhash.Sum64(buf))
}

// Digest hashes bytes.
func Digest(b []byte) int64 { return int64(xxhash.Sum64(b)) }

// DigestText hashes texts.
func DigestText(texts ...string) int64 {
	var h xxhash.Digest
	h.Reset()
	for _, text := range texts {
		_, _ = h.WriteString(text)
	}
	return int64(h.Sum64())
}

// DigestAll hashes digests.
func DigestAll(digests []int64) int64 {
	h := xxhash.New()
	var buf [8]byte
	for _, d := range digests {
		binary.LittleEndian.PutUint64(buf[:], uint64(d))
		_, _ = h.Write(buf[:])
	}
	return int64(h.Sum64())
}
