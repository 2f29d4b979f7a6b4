"""Pure decisions of chat: who may speak, where a turn leads, who is next, and who a visitor is."""
