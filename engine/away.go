package engine

import (
	"context"
	"errors"

	"github.com/diet-project/diet/mirror/netbox"
)

// Away says in words that NetBox could not be read, and "" of an error that is not about that.
func Away(err error) string {
	var failed *netbox.Error
	switch {
	case !errors.As(err, &failed), errors.Is(err, context.Canceled):
		return ""
	case netbox.Away(err):
		return "NetBox is away"
	}
	return "NetBox cannot be read"
}
