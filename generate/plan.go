package generate

// Plan is one document of the plan language, diet/v1alpha1: it describes the fabric
// you want at a site. Maps are keyed by id; the order in the file does not matter.
type Plan struct {
	// APIVersion is diet/v1alpha1.
	APIVersion string `json:"apiVersion" jsonschema:"required,enum=diet/v1alpha1,description=The version of the language."`
	// Kind is Plan.
	Kind     string   `json:"kind" jsonschema:"required,enum=Plan"`
	Metadata Metadata `json:"metadata" jsonschema:"required"`
	Spec     Spec     `json:"spec" jsonschema:"required"`

	src     source
	library *library // what it imports; nil for nothing
	beside  []*Plan  // the others of one command
}

// Metadata names the plan.
type Metadata struct {
	// Name is the plan key: the prefix of every object id. It never changes.
	Name string `json:"name" jsonschema:"required,pattern=^[a-z0-9-]+$,description=Plan key: the prefix of every object id. It never changes."`
	// UID tells this plan from another one with the same key: their objects are not the same owner's.
	UID string `json:"uid,omitempty" jsonschema:"pattern=^[A-Za-z0-9._:-]+$,description=Tells this plan from another one with the same key."`
	// Labels are free; environment is a known key. All reach the policies.
	Labels map[string]string `json:"labels,omitempty" jsonschema:"description=Free labels\\, which policies see; environment is a known key."`
}

// Spec is the body of a plan.
type Spec struct {
	Site   SiteSpec `json:"site" jsonschema:"required,description=The site: a slug\\, or {slug\\, name\\, region}."`
	Status Status   `json:"status,omitempty" jsonschema:"description=Status of devices. Defaults to planned; cables are then planned too."`
	Naming Naming   `json:"naming,omitzero" jsonschema:"description=Name patterns; object ids never depend on them."`
	// Defaults are fields set on every device; the set of a class overrides them one by one.
	Defaults DefaultsSpec `json:"defaults,omitzero" jsonschema:"description=Fields of every device\\, and custom fields by kind."`
	// Catalog entries with a body are created if missing; those without must exist.
	Catalog Catalog             `json:"catalog,omitzero" jsonschema:"description=NetBox types by slug. Without a body\\, they must exist."`
	Racks   map[string]RackPool `json:"racks,omitempty" jsonschema:"description=Rack pools."`
	Fabrics map[string]Fabric   `json:"fabrics,omitempty" jsonschema:"description=Fabrics and their switch classes."`
	Nodes   map[string]Node     `json:"nodes,omitempty" jsonschema:"description=Node classes: servers\\, storage\\, gateways\\, PDUs."`
	// Interfaces says what is made beside the ports that are cabled.
	Interfaces InterfacesSpec `json:"interfaces,omitzero" jsonschema:"description=What else than cabled ports is made of interfaces."`
	Reconcile  ReconcileSpec  `json:"reconcile,omitzero" jsonschema:"description=How differences are treated; passed to the policies."`
	Moved      []MovedSpec    `json:"moved,omitempty" jsonschema:"description=Keys that were renamed: the objects stay the same."`
	Removed    []RemovedSpec  `json:"removed,omitempty" jsonschema:"description=What becomes of the objects of classes that are gone."`
	Expect     Expect         `json:"expect,omitzero" jsonschema:"description=Counts compared after generation\\, never an input."`
}

// Status is the NetBox status of the devices.
type Status string

// SiteSpec is spec.site: a slug, or slug, name and region.
type SiteSpec struct {
	Slug   string `json:"slug" jsonschema:"required,pattern=^[-a-zA-Z0-9_]+$,maxLength=100"`
	Name   string `json:"name,omitempty" jsonschema:"maxLength=100"`
	Region string `json:"region,omitempty"`
}

// Naming holds the name patterns over {site} {fabric} {class} {role} {pool}
// {rack} {n} {n:03}. Empty means the default.
type Naming struct {
	Switch string `json:"switch,omitempty" jsonschema:"description=Defaults to {class}-{n:02}."`
	Node   string `json:"node,omitempty" jsonschema:"description=Defaults to {class}-{n:03}."`
	Rack   string `json:"rack,omitempty" jsonschema:"description=Defaults to {pool}-{n:02}."`
	// NodeLag and SwitchLag name LAG interfaces.
	NodeLag   string `json:"nodeLag,omitempty" jsonschema:"description=Over {n} and {link}. Defaults to bond{n-1}."`
	SwitchLag string `json:"switchLag,omitempty" jsonschema:"description=Over {n}. Defaults to Port-Channel{n}."`
}

// InterfacesSpec opts in to more interfaces.
type InterfacesSpec struct {
	Lags    bool `json:"lags,omitempty" jsonschema:"description=LAG interfaces for links with a lag\\, with their members."`
	Parents bool `json:"parents,omitempty" jsonschema:"description=Lanes bear the form and name of their port\\, which is disabled."`
	// Profiles makes one cable of the lanes of a port.
	Profiles bool `json:"profiles,omitempty" jsonschema:"description=A breakout is one cable with a profile\\, from NetBox 4.5 on."`
}

// DefaultsSpec are [Fields] of every class, and what racks and power feeds have.
type DefaultsSpec struct {
	Fields

	Racks      ObjectSpec `json:"racks,omitzero"`
	PowerFeeds ObjectSpec `json:"powerFeeds,omitzero"`
}

// ObjectSpec states fields of all objects of a kind.
type ObjectSpec struct {
	CustomFields map[string]any `json:"customFields,omitempty" jsonschema:"description=By name. Texts are patterns like names."`
}

// Fields are the device fields in defaults and set. Strings are patterns like the
// names. A nil field is not stated.
type Fields struct {
	Description  *string        `json:"description,omitempty" jsonschema:"description=A pattern like a name."`
	Tenant       *string        `json:"tenant,omitempty" jsonschema:"description=Slug; empty text means none."`
	Platform     *string        `json:"platform,omitempty" jsonschema:"description=Slug; empty text means none."`
	Tags         []string       `json:"tags,omitempty"`
	Comments     *string        `json:"comments,omitempty"`
	CustomFields map[string]any `json:"customFields,omitempty" jsonschema:"description=Of devices. Texts are patterns like names."`

	// What they have, and the cables that begin at them.
	Modules            ObjectSpec `json:"modules,omitzero"`
	ModuleBays         ObjectSpec `json:"moduleBays,omitzero"`
	Interfaces         ObjectSpec `json:"interfaces,omitzero"`
	ConsolePorts       ObjectSpec `json:"consolePorts,omitzero"`
	ConsoleServerPorts ObjectSpec `json:"consoleServerPorts,omitzero"`
	PowerPorts         ObjectSpec `json:"powerPorts,omitzero"`
	PowerOutlets       ObjectSpec `json:"powerOutlets,omitzero"`
	Cables             ObjectSpec `json:"cables,omitzero" jsonschema:"description=Cables whose A end is a device of the class."`
}

// Catalog lists NetBox types by slug. A nil body means that it must exist.
type Catalog struct {
	// Import names files, folders and patterns of types, relative to the plan's file.
	Import []string `json:"import,omitempty" jsonschema:"description=Device types from files of the community format\\, folders and patterns."`

	DeviceTypes   map[string]*DeviceTypeSpec   `json:"deviceTypes,omitempty"`
	ModuleTypes   map[string]*ModuleTypeSpec   `json:"moduleTypes,omitempty"`
	Roles         map[string]*RoleSpec         `json:"roles,omitempty"`
	Manufacturers map[string]*ManufacturerSpec `json:"manufacturers,omitempty"`
	Tags          map[string]*TagSpec          `json:"tags,omitempty" jsonschema:"description=Tags whose slug is not made of their name."`
}

// TagSpec is the body of a tag.
type TagSpec struct {
	Name string `json:"name,omitempty" jsonschema:"maxLength=100,description=Defaults to the slug."`
}

// DeviceTypeSpec is the body of a device type.
type DeviceTypeSpec struct {
	// Manufacturer and Model may be left out where a type of the slug is imported.
	Manufacturer string `json:"manufacturer,omitempty" jsonschema:"pattern=^[-a-zA-Z0-9_]+$,description=Slug; an imported type has its own."`
	Model        string `json:"model,omitempty" jsonschema:"maxLength=100,description=An imported type has its own."`
	// U is the height in rack units, in halves. Defaults to 1; 0 takes no position.
	U *float64 `json:"u,omitempty" jsonschema:"minimum=0,maximum=100,multipleOf=0.5,description=Rack units. Defaults to 1; 0: no position."`
	// FullDepth defaults to true, as in NetBox.
	FullDepth *bool `json:"fullDepth,omitempty" jsonschema:"description=Defaults to true."`
	// Ports gives the NetBox interface type by port name; names may hold brace ranges.
	Ports map[string]string `json:"ports,omitempty" jsonschema:"description=NetBox interface type by port name; E1/{1-64} expands."`
	// PowerPorts and the like give NetBox's types by name; names may hold brace ranges.
	PowerPorts         map[string]string `json:"powerPorts,omitempty" jsonschema:"description=NetBox type by name\\, PSU{1-2} expands."`
	PowerOutlets       map[string]string `json:"powerOutlets,omitempty" jsonschema:"description=NetBox type by name of power outlets."`
	ConsolePorts       map[string]string `json:"consolePorts,omitempty" jsonschema:"description=NetBox type by name of console ports."`
	ConsoleServerPorts map[string]string `json:"consoleServerPorts,omitempty" jsonschema:"description=The same of ports of console servers."`
	// ModuleBays gives the position of each bay for modules.
	ModuleBays map[string]string `json:"moduleBays,omitempty" jsonschema:"description=Position by name of bays for modules."`
	// Breakout is how the lanes of broken-out ports are named.
	Breakout string `json:"breakout,omitempty" jsonschema:"description=Names of lanes over {name} and {lane}\\, such as {name}:{lane-1}."`
	Order    *int   `json:"order,omitempty"`
}

// ModuleTypeSpec is the body of a module type: a NIC.
type ModuleTypeSpec struct {
	Manufacturer string            `json:"manufacturer,omitempty"`
	Model        string            `json:"model,omitempty"`
	Ports        map[string]string `json:"ports,omitempty" jsonschema:"description=NetBox interface type by port; on a node: <nic>-<port>."`
	Order        *int              `json:"order,omitempty"`
}

// RoleSpec is the body of a device role.
type RoleSpec struct {
	Name  string `json:"name,omitempty" jsonschema:"maxLength=100"`
	Color string `json:"color,omitempty" jsonschema:"pattern=^[0-9a-f]{6}$"`
	Order *int   `json:"order,omitempty"`
}

// ManufacturerSpec is the body of a manufacturer.
type ManufacturerSpec struct {
	Name  string `json:"name,omitempty" jsonschema:"maxLength=100"`
	Order *int   `json:"order,omitempty"`
}

// RackPool is a number of identical racks.
type RackPool struct {
	Count    int    `json:"count" jsonschema:"required,minimum=0"`
	Units    int    `json:"units" jsonschema:"required,minimum=1,maximum=100"`
	Name     string `json:"name,omitempty" jsonschema:"description=Name pattern of this pool."`
	Location string `json:"location,omitempty" jsonschema:"pattern=^[-a-zA-Z0-9_]+$,description=Slug of a location in the site."`
	// Feeds are the power feeds that each rack has.
	Feeds        map[string]FeedSpec `json:"feeds,omitempty" jsonschema:"description=Power feeds of each rack."`
	CustomFields map[string]any      `json:"customFields,omitempty" jsonschema:"description=Of the racks. Texts are patterns like names."`
	Order        *int                `json:"order,omitempty"`
}

// FeedSpec is a power feed that each rack of a pool has.
type FeedSpec struct {
	Panel          string  `json:"panel" jsonschema:"required,minLength=1,maxLength=100,description=Name of the power panel."`
	Name           string  `json:"name,omitempty" jsonschema:"description=Name pattern. Defaults to {rack}-{feed}."`
	Type           *string `json:"type,omitempty" jsonschema:"enum=primary,enum=redundant"`
	Supply         *string `json:"supply,omitempty" jsonschema:"enum=ac,enum=dc"`
	Phase          *string `json:"phase,omitempty" jsonschema:"enum=single-phase,enum=three-phase"`
	Voltage        *int    `json:"voltage,omitempty" jsonschema:"minimum=-32768,maximum=32767"`
	Amperage       *int    `json:"amperage,omitempty" jsonschema:"minimum=1,maximum=32767"`
	MaxUtilization *int    `json:"maxUtilization,omitempty" jsonschema:"minimum=1,maximum=100,description=Percent."`

	CustomFields map[string]any `json:"customFields,omitempty" jsonschema:"description=Of the feeds. Texts are patterns like names."`
	Order        *int           `json:"order,omitempty"`
}

// Fabric is a set of switch classes.
type Fabric struct {
	// Managed defaults to true. Leaves of an unmanaged fabric need not reach every spine.
	Managed *bool `json:"managed,omitempty" jsonschema:"description=Defaults to true; unmanaged\\, leaves need not reach every spine."`
	// Switches are the classes of switches by key.
	Switches map[string]Switch `json:"switches,omitempty"`
	Order    *int              `json:"order,omitempty"`
}

// Switch is a class of switches.
type Switch struct {
	Role string `json:"role" jsonschema:"required,enum=leaf,enum=spine,enum=border,enum=oob"`
	Type string `json:"type" jsonschema:"required,description=Slug of the device type\\, or model of an imported one."`
	// DeviceRole is the slug of the role in NetBox, where it is not that of Role.
	DeviceRole string `json:"deviceRole,omitempty" jsonschema:"pattern=^[-a-zA-Z0-9_]+$,description=Slug of NetBox's role. Defaults to role."`
	// Count pins the number of switches; auto (the default) counts what is needed.
	Count      Count  `json:"count,omitzero" jsonschema:"description=auto (the default) or a number."`
	Group      int    `json:"group,omitempty" jsonschema:"minimum=1,description=Switches form groups of this many."`
	Redundancy string `json:"redundancy,omitempty" jsonschema:"enum=mclag,enum=eslag"`
	// RailsPerLeaf is an upper bound of the rails on one leaf.
	RailsPerLeaf int `json:"railsPerLeaf,omitempty" jsonschema:"minimum=1,description=Upper bound of the rails on one leaf."`
	// Attach is fill (the default) or rack: a node uses the switch or group of its own rack.
	Attach string `json:"attach,omitempty" jsonschema:"enum=fill,enum=rack,description=rack: a node uses the switch or group of its own rack."`
	// PerRack fixes the count at this many per rack of the pool.
	PerRack int             `json:"perRack,omitempty" jsonschema:"minimum=1,description=Fixes the count at this many per rack."`
	Rack    *Place          `json:"rack,omitempty"`
	Mgmt    *Mgmt           `json:"mgmt,omitempty" jsonschema:"description=Cables one named port to an access zone."`
	Zones   map[string]Zone `json:"zones,omitempty"`
	// Modules are the module types in the bays of each.
	Modules        map[string]string `json:"modules,omitempty" jsonschema:"description=Module type by bay; Slot {1-4} expands."`
	Nics           map[string]Nic    `json:"nics,omitempty" jsonschema:"description=Power supplies and console ports: what links begin at."`
	Links          map[string]Link   `json:"links,omitempty" jsonschema:"description=Cables that carry power or console."`
	Skip           []int             `json:"skip,omitempty" jsonschema:"description=Ordinals that were retired."`
	Name           string            `json:"name,omitempty" jsonschema:"description=Name pattern of this class."`
	Set            Fields            `json:"set,omitzero"`
	DeletionPolicy string            `json:"deletionPolicy,omitempty" jsonschema:"enum=warn,enum=orphan,enum=delete"`
	Order          *int              `json:"order,omitempty"`
}

// Mgmt cables one named port of each switch of a class to an access zone.
type Mgmt struct {
	Port string `json:"port" jsonschema:"required,description=The literal name of the port."`
	To   string `json:"to" jsonschema:"required,description=<fabric>.<class>/<zone>"`
}

// Zone is a set of ports of a switch class that serve one purpose.
type Zone struct {
	// Ports is a comma-separated list of n, a-b, a-b:step and names.
	Ports string `json:"ports" jsonschema:"required,description=Comma-separated list of n\\, a-b\\, a-b:step and names; braces expand."`
	// Carries is what its ports carry where that is no data: they are power outlets, or a console server's.
	Carries string `json:"carries,omitempty" jsonschema:"enum=power,enum=console,description=Of outlets\\, of a console server."`
	// Type is the interface type of its lanes, where the catalog gives none for their names.
	Type string `json:"type,omitempty" jsonschema:"description=NetBox interface type of its lanes."`
	// Breakout LxS gives each port L lanes of S Gb/s; left out, the port's own speed.
	Breakout string `json:"breakout,omitempty" jsonschema:"pattern=^[0-9]+x[0-9]+$,description=LxS: each port has L lanes of S Gb/s."`
	Alloc    Alloc  `json:"alloc,omitzero" jsonschema:"description=sequential (the default)\\, interleaved\\, spaced\\, or a list of ports."`
	UplinkTo string `json:"uplinkTo,omitempty" jsonschema:"description=<class>/<zone> or <fabric>.<class>/<zone>"`
	Mesh     bool   `json:"mesh,omitempty"`
	Peer     bool   `json:"peer,omitempty"`
	Reserved bool   `json:"reserved,omitempty"`

	CustomFields map[string]any `json:"customFields,omitempty" jsonschema:"description=Of its ports. Texts are patterns like names."`
	Order        *int           `json:"order,omitempty"`
}

// Node is a class of nodes: anything with cables that is not a switch.
type Node struct {
	// Count is how many exist; it may be 0.
	Count *int `json:"count" jsonschema:"required,minimum=0,description=How many exist."`
	// Skip lists ordinals that were retired; nobody is renumbered.
	Skip []int `json:"skip,omitempty" jsonschema:"description=Ordinals that were retired."`
	// Max is how many there will ever be: rails are spread for that many.
	Max int `json:"max,omitempty" jsonschema:"minimum=0,description=How many there will ever be: rails are spread for that many."`
	// Type is the slug of the device type, or the model of an imported one.
	Type string `json:"type" jsonschema:"required,description=Slug of the device type\\, or model of an imported one."`
	Role string `json:"role,omitempty" jsonschema:"pattern=^[-a-zA-Z0-9_]+$,description=Role slug. Defaults to server."`
	// Modules are the module types in the bays of each.
	Modules        map[string]string `json:"modules,omitempty" jsonschema:"description=Module type by bay; PSU {1-2} expands."`
	Nics           map[string]Nic    `json:"nics,omitempty" jsonschema:"description=NICs; be{0-7} is eight of them."`
	Links          map[string]Link   `json:"links,omitempty"`
	Rack           *Place            `json:"rack,omitempty"`
	Name           string            `json:"name,omitempty" jsonschema:"description=Name pattern of this class."`
	Set            Fields            `json:"set,omitzero"`
	DeletionPolicy string            `json:"deletionPolicy,omitempty" jsonschema:"enum=warn,enum=orphan,enum=delete"`
	Order          *int              `json:"order,omitempty"`
}

// Nic is a network card of a node; its interfaces are <nic>-<port>.
type Nic struct {
	Module string `json:"module,omitempty" jsonschema:"description=Module type; any text."`
	// Ports defaults to the module's, in catalog order.
	Ports []string `json:"ports,omitempty" jsonschema:"description=Defaults to the module's ports\\, in catalog order."`
	Type  string   `json:"type,omitempty" jsonschema:"description=NetBox interface type of the ports."`
	Name  string   `json:"name,omitempty" jsonschema:"description=Name pattern over {nic} and {port}. Defaults to {nic}-{port}."`

	CustomFields map[string]any `json:"customFields,omitempty" jsonschema:"description=Of its ports. Texts are patterns like names."`
	Order        *int           `json:"order,omitempty"`
}

// Link cables ports of a node to a zone.
type Link struct {
	// From is an ordered list of ports: <nic>[:<ports>], with braces and commas.
	From   string     `json:"from" jsonschema:"required,description=<nic>[:<ports>]; braces and commas give an ordered list."`
	To     string     `json:"to" jsonschema:"required,description=<fabric>.<class>/<zone>\\, or rack:<pool>/<feeds>"`
	Spread string     `json:"spread,omitempty" jsonschema:"enum=pack,enum=balance,enum=alternate,enum=rail,description=Defaults to pack."`
	Lag    string     `json:"lag,omitempty" jsonschema:"enum=none,enum=bundle,enum=mclag,enum=eslag"`
	Cable  *CableSpec `json:"cable,omitempty"`
	Order  *int       `json:"order,omitempty"`
}

// CableSpec states fields of a link's cables.
type CableSpec struct {
	Type       *string  `json:"type,omitempty"`
	Color      *string  `json:"color,omitempty" jsonschema:"pattern=^[0-9a-f]{6}$"`
	Label      *string  `json:"label,omitempty" jsonschema:"maxLength=100"`
	Length     *float64 `json:"length,omitempty" jsonschema:"minimum=0,maximum=999999.99,multipleOf=0.01,description=Needs a lengthUnit."`
	LengthUnit *string  `json:"lengthUnit,omitempty" jsonschema:"enum=km,enum=m,enum=cm,enum=mi,enum=ft,enum=in"`

	CustomFields map[string]any `json:"customFields,omitempty" jsonschema:"description=Of the cables. Texts are patterns like names."`
}

// Place is the position of a class's devices in the racks.
type Place struct {
	Pool string `json:"pool" jsonschema:"required"`
	// Per is how many devices a rack holds. Defaults to 1.
	Per int `json:"per,omitempty" jsonschema:"minimum=1,description=Devices per rack. Defaults to 1."`
	// FromU is the lowest rack unit of the first; left out, they have no position.
	FromU *float64 `json:"fromU,omitempty" jsonschema:"minimum=1,multipleOf=0.5,description=Rack unit of the first; without it: no position."`
	Face  string   `json:"face,omitempty" jsonschema:"enum=front,enum=rear,description=Defaults to front."`
}

// ReconcileSpec is spec.reconcile as written; [Plan.Info] fills the defaults.
type ReconcileSpec struct {
	DeletionPolicy string `json:"deletionPolicy,omitempty" jsonschema:"enum=warn,enum=orphan,enum=delete,description=Defaults to warn."`
	// ApproveDeletionsAbove defaults to 10.
	ApproveDeletionsAbove *int `json:"approveDeletionsAbove,omitempty" jsonschema:"minimum=0,description=Defaults to 10."`
	// Remediation is what happens to drift: one word, or words by field.
	Remediation *RemediationSpec `json:"remediation,omitempty" jsonschema:"description=preserve (the default)\\, alert or auto; or by field."`
	// Protect holds patterns of object ids that are never deleted.
	Protect []string `json:"protect,omitempty" jsonschema:"description=Patterns of object ids that are never deleted."`
	Initial []string `json:"initial,omitempty" jsonschema:"description=Set at creation; then written only where the plan alone changes."`
}

// RemediationSpec is one word, or a default and a word per field.
type RemediationSpec struct {
	Default string            `json:"default,omitempty" jsonschema:"enum=preserve,enum=alert,enum=auto"`
	Fields  map[string]string `json:"fields,omitempty"`
}

// MovedSpec is a key that was renamed; the objects stay the same.
type MovedSpec struct {
	From string `json:"from" jsonschema:"required,description=Old object id or class path."`
	To   string `json:"to" jsonschema:"required,description=New object id or class path."`
}

// RemovedSpec says what becomes of the objects of a class that is no longer in the plan.
type RemovedSpec struct {
	From   string `json:"from" jsonschema:"required,description=Class path\\, such as gpu\\, backend.leaf\\, rack:compute\\, or a fabric."`
	Policy string `json:"policy" jsonschema:"required,enum=orphan,enum=delete"`
}

// Expect holds counts that the topology must have; nil is not compared.
type Expect struct {
	Racks      *int           `json:"racks,omitempty" jsonschema:"minimum=0"`
	Devices    *int           `json:"devices,omitempty" jsonschema:"minimum=0"`
	Interfaces *int           `json:"interfaces,omitempty" jsonschema:"minimum=0,description=The cabled ones."`
	Cables     *int           `json:"cables,omitempty" jsonschema:"minimum=0"`
	Switches   map[string]int `json:"switches,omitempty" jsonschema:"description=By <fabric>.<class>."`
}

// Count is auto, the zero value, or a number.
type Count struct {
	Pinned bool
	N      int
}

// Alloc is the order in which a zone's ports are used: a word, or the ports themselves.
type Alloc struct {
	Word string
	List []int
}
