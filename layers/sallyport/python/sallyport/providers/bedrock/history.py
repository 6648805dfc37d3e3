"""What a conversation's past says of what may be asked now."""

from sallyport.conversation import Block, ChatRequest, Reasoning, Refusal, Role, Text, ToolCall, Turn


def used_tools(request: ChatRequest) -> set[str]:
    """The names of the tools that were called."""
    return {block.name for turn in request.turns for block in turn.blocks if isinstance(block, ToolCall)}


def has_begun_answer(request: ChatRequest) -> bool:
    """Whether the conversation ends with words of the assistant, for the model to go on with."""
    answers: list[Turn] = []
    for turn in reversed(_said(request)):
        if turn.role is not Role.ASSISTANT:
            break
        answers.append(turn)
    return bool(answers) and not _calls(answers)


def called_without_thoughts(request: ChatRequest) -> bool:
    """Whether the last answer called a tool and came back without its signed thoughts."""
    answers: list[Turn] = []
    for turn in reversed(_said(request)):
        if turn.role is Role.ASSISTANT:
            answers.append(turn)
        elif answers:
            break
    return _calls(answers) and not any(
        isinstance(block, Reasoning) and is_sealed(block) for turn in answers for block in turn.blocks
    )


def is_sealed(thought: Reasoning) -> bool:
    """Whether a thought is as a model signed it, so that it can be sent back."""
    return thought.signature is not None or thought.redacted is not None


def _calls(turns: list[Turn]) -> bool:
    return any(isinstance(block, ToolCall) for turn in turns for block in turn.blocks)


def _said(request: ChatRequest) -> list[Turn]:
    """The turns of which something is sent in the conversation: neither system's nor blank."""
    return [turn for turn in request.turns if turn.role is not Role.SYSTEM and any(map(_is_sent, turn.blocks))]


def _is_sent(block: Block) -> bool:
    match block:
        case Text() | Refusal():
            return bool(block.text.strip())
        case Reasoning():
            return is_sealed(block)
        case _:
            return True
