// Package export writes a topology in the formats of other programs: Hedgehog's wiring
// diagram, and whatever a template makes of it.
//
// Like drawings, exports ask neither the mirror nor NetBox, and equal topologies give equal
// bytes.
package export
