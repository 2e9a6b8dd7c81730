package netbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Outcomes that callers tell apart with [errors.Is].
var (
	// ErrNotFound is a 404, or an update of an object that is not there.
	ErrNotFound = errors.New("not found")
	// ErrConflict is a 409: NetBox refuses a deletion because of what depends on the
	// object.
	ErrConflict = errors.New("conflict")
	// ErrPrecondition is a 412: an object changed since its If-Match tag was made.
	ErrPrecondition = errors.New("precondition failed")
	// ErrUnauthorized is a token that NetBox does not know, or that may see nothing.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrReadOnly is a write that the token does not allow.
	ErrReadOnly = errors.New("read-only token")
	// ErrTooOld is a NetBox before 4.2.
	ErrTooOld = errors.New("unsupported NetBox version")
	// ErrBusy is a server that has too many requests, after all attempts.
	ErrBusy = errors.New("too many requests")
	// ErrUnreachable is a server, or a proxy in front of it, that does not answer.
	ErrUnreachable = errors.New("unreachable")
)

// Error is a request that failed. Status 0 means that there was no answer. It never
// contains the token.
type Error struct {
	Method string
	Path   string // under /api/, without the query
	Status int
	Detail string      // what NetBox said, on one line
	Items  []ItemError // the objects at fault, if NetBox names them

	// Unknown is true for a write that may have been carried out: a timeout, a broken
	// connection, a 502 or 504, or a 500 from outside the transaction. Look it up before
	// sending it again.
	Unknown bool

	// Ended is true for a write of which NetBox itself says that it failed: what it has written by
	// now is all that it will. One lookup, without waiting, says what that is.
	Ended bool

	exception string // the Python class of a 500
	cause     error
}

// Invalid reports whether NetBox refused a request for what it asks, such as a filter by an id
// that is gone: status 400.
func Invalid(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusBadRequest
}

// Away reports whether a request failed because NetBox, or what is in front of it, does not
// answer, is busy or is broken: who asks later may have an answer.
func Away(err error) bool {
	var e *Error
	return errors.As(err, &e) && !errors.Is(err, context.Canceled) &&
		(errors.Is(err, ErrUnreachable) || errors.Is(err, ErrBusy) || e.Status >= http.StatusInternalServerError)
}

// ItemError is what is wrong with one object of a bulk request.
type ItemError struct {
	Index  int   // in the request, -1 if unknown
	ID     int64 // 0 for a create, or if unknown
	Detail string
}

// shown is how many items an error's text names.
const shown = 3

// Error says what was asked and what came back.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", strings.ToLower(e.Method), e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d", e.Status)
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	for i, item := range e.Items {
		if i == shown {
			fmt.Fprintf(&b, "; and %d more", len(e.Items)-shown)
			break
		}
		b.WriteString("; " + item.String())
	}
	if e.Unknown {
		b.WriteString(" (outcome unknown)")
	}
	return b.String()
}

// String names the object by id, or by its index in the request.
func (i ItemError) String() string {
	switch {
	case i.ID != 0:
		return fmt.Sprintf("id %d: %s", i.ID, i.Detail)
	case i.Index >= 0:
		return fmt.Sprintf("item %d: %s", i.Index, i.Detail)
	}
	return i.Detail
}

// Unwrap returns the transport's error, if there was no answer.
func (e *Error) Unwrap() error { return e.cause }

// Is matches the sentinels of this package.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Status == http.StatusNotFound || e.missing()
	case ErrConflict:
		return e.Status == http.StatusConflict
	case ErrPrecondition:
		return e.Status == http.StatusPreconditionFailed
	case ErrReadOnly:
		return e.readOnly()
	case ErrUnauthorized:
		return (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && !e.readOnly()
	case ErrBusy:
		return e.Status == http.StatusTooManyRequests
	case ErrUnreachable:
		return e.Status == 0 || e.gateway()
	}
	return false
}

// Hint is one line that a person can act on, or "".
func (e *Error) Hint() string {
	switch {
	case errors.Is(e, context.Canceled):
		return ""
	case e.readOnly():
		return "the token may not write this; enable writing on the token, or give its user the permission"
	case errors.Is(e, ErrUnauthorized):
		return "check the token: NetBox does not accept it, or it lacks the permission to view this"
	case e.Status >= 300 && e.Status < 400:
		return "set the URL to the one that NetBox redirects to; redirects are not followed"
	case e.Status == http.StatusNotFound && !e.missing():
		return "check the URL: is this a NetBox, and is its API under /api/?"
	case e.Unknown:
		return "check in NetBox's changelog whether it was done before sending it again"
	case tlsHint(e.cause) != "":
		return tlsHint(e.cause)
	case errors.Is(e, ErrBusy):
		return "set netbox.requests_per_second in diet.yaml to what NetBox, or the gateway before it, allows"
	case errors.Is(e, ErrTooLarge):
		return "check the URL, and what stands between this machine and NetBox"
	case errors.Is(e, ErrUnreachable):
		return "is NetBox running, and can this machine reach it?"
	case errors.Is(e, ErrPrecondition):
		return "somebody edited the object meanwhile; sync and preview again"
	}
	return ""
}

// missing reports a bulk request that was carried out except for some ids.
func (e *Error) missing() bool {
	return e.Status >= 200 && e.Status < 300 && len(e.Items) > 0
}

func (e *Error) gateway() bool {
	return e.Status == http.StatusBadGateway || e.Status == http.StatusServiceUnavailable || e.Status == http.StatusGatewayTimeout
}

// readOnly tells a token without write permission from an unknown one: NetBox answers
// both with 403.
func (e *Error) readOnly() bool {
	if e.Status != http.StatusForbidden || !writes(e.Method) {
		return false
	}
	for _, word := range []string{"credentials", "Invalid token", "Invalid v", "expired", "inactive", "disabled", "Source IP"} {
		if strings.Contains(e.Detail, word) {
			return false
		}
	}
	return true
}

// rolledBack lists the exceptions that NetBox raises inside a transaction: nothing was
// written.
var rolledBack = map[string]bool{
	"IntegrityError": true, "DataError": true, "InternalError": true, "ProgrammingError": true,
	"DoesNotExist": true, "ObjectDoesNotExist": true, "MultipleObjectsReturned": true,
	"ValidationError": true, "FieldError": true,
}

// uncertain reports whether a write with this answer may have been carried out. NetBox
// hands its events to Redis after the transaction, and a database may go away while it
// commits, so a write may stand despite a 500.
func (e *Error) uncertain() bool {
	switch e.Status {
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	return e.Status >= 500 && !e.transient() && !rolledBack[e.exception]
}

// ended reports a write of unknown outcome whose processing is over: NetBox failed with it and
// said so, and not because its database went away, which may still commit. The page of a proxy
// such as nginx says nothing of NetBox.
func (e *Error) ended(body []byte) bool {
	return e.Unknown && e.Status == http.StatusInternalServerError && !lostDatabase[e.exception] &&
		!bytes.Contains(body, []byte("<title>500 Internal Server Error</title>"))
}

// lostDatabase lists the exceptions of a database that went away.
var lostDatabase = map[string]bool{"OperationalError": true, "InterfaceError": true}

// transient reports a write that did nothing and may be sent again: it was refused
// before it ran, or rolled back as the loser of a deadlock.
func (e *Error) transient() bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	case http.StatusInternalServerError:
		return e.exception == "OperationalError" &&
			(strings.Contains(e.Detail, "deadlock detected") || strings.Contains(e.Detail, "could not serialize"))
	}
	return false
}

func writes(method string) bool {
	switch method {
	case http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}
