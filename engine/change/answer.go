package change

// Answer is what a person may answer to a question or a drift.
type Answer string

// The answers.
const (
	AnswerApprove        Answer = "approve"     // do what the rule recommends
	AnswerUseDiet        Answer = "use_diet"    // write the plan's value
	AnswerUseUser        Answer = "use_user"    // keep NetBox's value
	AnswerUnmanage       Answer = "unmanage"    // leave it to people
	AnswerAcknowledge    Answer = "acknowledge" // keep NetBox's value, as known
	AnswerAdopt          Answer = "adopt"
	AnswerRenameExisting Answer = "rename_existing"
	AnswerSkip           Answer = "skip"
	AnswerForceDelete    Answer = "force_delete"
	AnswerOrphan         Answer = "orphan"
	AnswerRecreate       Answer = "recreate"
	AnswerRelease        Answer = "release"
	AnswerRestore        Answer = "restore"
	AnswerKeep           Answer = "keep"     // follow a shared object that was renamed
	AnswerUseName        Answer = "use_name" // use the one that has the name now
)
