"""Edge: the HTTP application, served by uvicorn behind the Lambda Web Adapter, or by the local server."""

from sallyport.edge.app import create_app

app = create_app()
