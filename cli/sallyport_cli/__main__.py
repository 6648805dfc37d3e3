from sallyport_cli.main import main

main()
