package refer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/netbox"
)

// pluginRoots is where NetBox's API shows what plugins have.
const pluginRoots = "plugins"

// noPlugin are the names there that are no other plugin's.
var noPlugin = []string{"installed-plugins", "branching"}

// unlisted adds to the list of types what NetBox's API shows of the plugins of which that has no model: of all
// plugins before 4.4, which lists none. Later on it lists the models of every plugin to every token (NetBox's
// core/api/views.py), so that a plugin without one has none, unless the API shows otherwise.
func (w *walk) unlisted() error {
	installed, err := w.DB.Plugins(w.ctx)
	missing := slices.DeleteFunc(installed, func(name string) bool { return name == branching || w.has(name) })
	if err != nil || len(missing) == 0 {
		return err
	}
	if w.untold != "" {
		w.dark = append(w.dark, fmt.Sprintf("what the plugins %s refer to is not known: %s", strings.Join(missing, ", "), w.untold))
	}
	roots, _, err := w.root(pluginRoots)
	if err != nil {
		return err
	}
	for _, name := range roots {
		if slices.Contains(noPlugin, name) || w.shows(name) {
			continue
		}
		models, answers, err := w.root(pluginRoots + "/" + name)
		if err != nil {
			return err
		}
		if !answers && w.untold == "" {
			w.dark = append(w.dark, fmt.Sprintf("what a plugin refers to is not known: NetBox's API has %s/%s/, which does not answer",
				pluginRoots, name))
		}
		for _, model := range models {
			w.list = append(w.list, objectType{name: name + "." + model, endpoint: pluginRoots + "/" + name + "/" + model, plugin: true})
		}
	}
	return nil
}

// has reports whether the list of types has models of a plugin.
func (w *walk) has(plugin string) bool {
	return slices.ContainsFunc(w.list, func(t objectType) bool { return t.plugin && strings.HasPrefix(t.name, plugin+".") })
}

// shows reports whether the list of types has models below a root of plugins.
func (w *walk) shows(root string) bool {
	return slices.ContainsFunc(w.list, func(t objectType) bool { return strings.HasPrefix(t.endpoint, pluginRoots+"/"+root+"/") })
}

// root is what a root of NetBox's API names, and whether it answers.
func (w *walk) root(app string) (names []string, answers bool, err error) {
	names, err = w.NetBox.Root(w.ctx, app)
	if errors.Is(err, netbox.ErrUnreachable) || errors.Is(err, context.Canceled) || w.ctx.Err() != nil {
		return nil, false, err
	}
	return names, err == nil, nil
}
