"""What is kept so that a stranger can prove a result: received files, manifests, the event chain, findings and waivers."""
