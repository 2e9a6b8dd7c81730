package mirror

import (
	"database/sql/driver"
	"fmt"
	"sync"

	"modernc.org/sqlite"
	"modernc.org/sqlite/vtab"

	"github.com/diet-project/diet/mirror/value"
)

// registerFunctions teaches SQLite the functions of the statements under sql/:
//
//	diet_sign(keys, released, doc, initial)  64-bit hash of the values of doc at keys less released, and of initial
//	diet_fold(name)                          the form in which NetBox compares names without regard to case
//	diet_time(text)                          a time of NetBox's in the form that the mirror stores
//
// and the table of [incoming] rows. No view and no index uses them, so that any SQLite can open the file.
var registerFunctions = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction("diet_sign", 4, scalar(sign))
	sqlite.MustRegisterDeterministicScalarFunction("diet_fold", 1, scalar(fold))
	sqlite.MustRegisterDeterministicScalarFunction("diet_time", 1, scalar(timed))
	if err := vtab.RegisterModule(nil, rowModule, incoming{}); err != nil {
		panic(err)
	}
})

func scalar(f func(args []driver.Value) (driver.Value, error)) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return f(args) }
}

// sign is diet_sign; NULL where keys or doc is no object.
func sign(args []driver.Value) (driver.Value, error) {
	keys, released, doc := split(args[0]), split(args[1]), split(args[2])
	if keys == nil || doc == nil {
		return nil, nil
	}
	hash, err := value.SignJSON(keys, released, doc, split(args[3]))
	if err != nil {
		return nil, fmt.Errorf("diet_sign: %w", err)
	}
	return hash, nil
}

func split(arg driver.Value) value.Object {
	text, _ := value.Of(arg).(string)
	return value.Split(text)
}

// timed is diet_time.
func timed(args []driver.Value) (driver.Value, error) {
	if text, ok := value.Of(args[0]).(string); ok {
		return value.Instant(text), nil
	}
	return args[0], nil
}

// fold is diet_fold.
func fold(args []driver.Value) (driver.Value, error) { return folded(value.Of(args[0])), nil }
