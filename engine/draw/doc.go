// Package draw turns a topology into pictures and sheets: the topology graph as
// SVG, DOT and Mermaid, rack elevations as SVG, and the cabling as CSV and as a
// page to print.
//
// It draws what generate yields and asks neither the mirror nor NetBox. Equal
// topologies give equal bytes, whatever the order of their parts.
package draw
