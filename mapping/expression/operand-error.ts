/** An operator or function cannot do with what it got. The node it belongs to gives it its place in the expression. */
export class OperandError extends Error {}

/** A calculation was stopped because it would take too long or grow too big. */
export class LimitError extends OperandError {}

/** A text that Java could not read as a number. JEXL lets some operators go on without it. */
export class NotANumber extends OperandError {}
