// Package generate turns a plan into a topology: the racks, devices,
// interfaces and cables to have in NetBox, each with a stable object id.
//
// [Load] reads a plan (one YAML document in the language diet/v1alpha1) and
// reports everything that is wrong with its shape at once, with file, line and
// column. [Check] reports what a plan needs: lanes per zone, switches per class,
// missing capacity. [Generate] returns the [Topology], or all findings.
//
// The package is pure. It never reads a clock, a network or a database, and
// never prints. The same plan and the same [Prior] always give the same
// topology, whatever the order of the keys in the file. With a prior, every
// cable that may stay where it is stays there.
package generate
