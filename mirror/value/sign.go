package value

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// Sign hashes the values of doc at the keys of fields without those of released: 64
// bits, as a signed integer for SQLite. What doc lacks counts as null.
func Sign(fields, released, doc map[string]any) int64 {
	buf := make([]byte, 0, 512)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := released[key]; !ok {
			buf = Append(appendText(buf, key), doc[key])
		}
	}
	return int64(xxhash.Sum64(buf))
}

// SignJSON is [Sign] for objects whose values are still JSON text.
func SignJSON(fields, released, doc Object) (int64, error) {
	buf := make([]byte, 0, 512)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := released[key]; ok {
			continue
		}
		var err error
		if buf, err = AppendJSON(appendText(buf, key), doc[key]); err != nil {
			return 0, fmt.Errorf("field %q: %w", key, err)
		}
	}
	return int64(xxhash.Sum64(buf)), nil
}

// Hash hashes a list of values.
func Hash(values ...any) int64 {
	buf := make([]byte, 0, 512)
	for _, v := range values {
		buf = Append(buf, v)
	}
	return int64(xxhash.Sum64(buf))
}
