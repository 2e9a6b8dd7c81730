package engine

import (
	"context"
	"database/sql"
	"strings"

	"github.com/diet-project/diet/generate"
)

// Standing is what stands in the racks of a plan by now, by whoever's hand, and the plan's
// other devices: a topology of racks and devices, without interfaces and cables.
func (e *Engine) Standing(ctx context.Context, plan string) (*generate.Topology, error) {
	topo := &generate.Topology{Plan: generate.PlanInfo{Key: plan}}
	var places []struct {
		Object string `db:"object"`
		Name   string `db:"name"`
		Source string `db:"source"`
		Units  int    `db:"units"`
	}
	if err := e.selectAll(ctx, &places, "query/rack_standing", sql.Named("plan", plan)); err != nil {
		return nil, err
	}
	for _, p := range places {
		topo.Racks = append(topo.Racks, generate.Rack{ID: p.Object, Name: p.Name, Source: p.Source, Units: p.Units})
	}
	var stands []standingDevice
	if err := e.selectAll(ctx, &stands, "query/device_standing", sql.Named("plan", plan)); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i := range stands {
		s := &stands[i]
		topo.Devices = append(topo.Devices, s.device())
		if !seen[s.Type] {
			seen[s.Type] = true
			topo.DeviceTypes = append(topo.DeviceTypes, generate.DeviceType{Slug: s.Type, UHeight: s.Height, FullDepth: s.Deep})
		}
	}
	return topo, nil
}

// standingDevice is a device as NetBox has it.
type standingDevice struct {
	Object   string  `db:"object"`
	Name     string  `db:"name"`
	Source   string  `db:"source"`
	Place    string  `db:"place"`
	Position float64 `db:"position"`
	Face     string  `db:"face"`
	Type     string  `db:"type"`
	Height   float64 `db:"u_height"`
	Deep     bool    `db:"is_full_depth"`
	Role     string  `db:"role"`
}

func (s *standingDevice) device() generate.Device {
	d := generate.Device{
		ID: s.Object, Source: s.Source, Class: s.Source, Name: s.Name, Type: s.Type, Role: s.Role,
		Position: s.Position, Face: s.Face, Rack: s.Place,
	}
	if fabric, class, split := strings.Cut(s.Source, "."); split {
		d.Fabric, d.Class = fabric, class
	}
	return d
}
