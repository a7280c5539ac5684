"""What can go wrong with playbooks and their runs, as people get to read it."""

from soc.errors import ConflictError, ForbiddenError, InputError, NotFoundError


class PlaybookNotFoundError(NotFoundError):
    """No such playbook in the actor's scope."""


class DraftError(ConflictError):
    """A draft can be neither run, exported nor signed."""


class RunOverError(ConflictError):
    """The run or step has ended already."""


class OutcomeError(InputError):
    """What a person entered does not fit the step's out_args."""


class SecondPersonError(ForbiddenError):
    """The step needs a second person."""
