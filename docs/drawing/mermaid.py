"""How every page shows a drawing."""


def mermaid(body: str) -> str:
    return f"```mermaid\n{body.strip()}\n```\n"
