package refer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/netbox"
)

// pluginRoots is where NetBox's API shows what plugins have.
const pluginRoots = "plugins"

// noPlugin are the names there that are no other plugin's.
var noPlugin = []string{"installed-plugins", "branching"}

// unlisted adds to the list of types what NetBox's API shows of the plugins of which it has no model:
// the token may not view those types, or this NetBox does not tell of any. What a plugin has that the
// API does not show is unknown.
func (w *walk) unlisted() error {
	installed, err := w.DB.Plugins(w.ctx)
	missing := slices.DeleteFunc(installed, func(name string) bool { return name == branching || w.has(name) })
	if err != nil || len(missing) == 0 {
		return err
	}
	roots, err := w.root(pluginRoots)
	if err != nil {
		return err
	}
	roots = slices.DeleteFunc(roots, func(name string) bool { return slices.Contains(noPlugin, name) || w.shows(name) })
	unread := map[string]bool{}
	for _, name := range roots {
		models, err := w.root(pluginRoots + "/" + name)
		if err != nil {
			return err
		}
		unread[name] = len(models) == 0
		for _, model := range models {
			w.list = append(w.list, objectType{name: name + "." + model, endpoint: pluginRoots + "/" + name + "/" + model, plugin: true})
		}
	}
	w.doubtPlugins(missing, unread)
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

// root is what a root of NetBox's API names; nothing where it does not answer.
func (w *walk) root(app string) ([]string, error) {
	names, err := w.NetBox.Root(w.ctx, app)
	if errors.Is(err, netbox.ErrUnreachable) || errors.Is(err, context.Canceled) || w.ctx.Err() != nil {
		return nil, err
	}
	return names, nil // what does not answer is unknown
}

// doubtPlugins notes why it is unknown what plugins refer to: of all where NetBox lists no types, as they may
// have models that the API does not show; else of those that the API does not show. unread says of each
// root whether nothing of it could be read.
func (w *walk) doubtPlugins(missing []string, unread map[string]bool) {
	if w.untold != "" {
		w.dark = append(w.dark, fmt.Sprintf("what the plugins %s refer to is not known: %s", strings.Join(missing, ", "), w.untold))
		return
	}
	left := slices.Sorted(maps.Keys(unread))
	missing = slices.DeleteFunc(missing, func(plugin string) bool {
		i := slices.IndexFunc(left, func(root string) bool { return !unread[root] && akin(plugin, root) })
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		return i >= 0
	})
	others := slices.ContainsFunc(left, func(root string) bool { return unread[root] })
	if len(missing) > 0 && (others || len(left) < len(missing)) {
		w.dark = append(w.dark, fmt.Sprintf("what the plugins %s refer to is not known: NetBox's API shows no list of theirs, "+
			"nor do its object types have a model", strings.Join(missing, ", ")))
	}
}

// akin reports whether a root is called as a plugin is: netbox_dns is at dns, or at netbox-dns.
func akin(plugin, root string) bool {
	bare := func(name string) string {
		name = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
		return strings.TrimSuffix(strings.TrimPrefix(name, "netbox"), "plugin")
	}
	return bare(plugin) == bare(root)
}
