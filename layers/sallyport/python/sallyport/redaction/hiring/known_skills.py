"""Names that look like those of people, places or companies and are skills: never taken out of a CV."""

from typing import Final

from sallyport.redaction.hiring.tables import entries, word_set

SKILLS: Final = frozenset(
    entries(
        """
ieee|acm|pmi|bcs|vdi|
baking|chess|climbing|cooking|cycling|gardening|hiking|judo|karate|knitting|origami|photography|piano|pottery|sailing|
skiing|surfing|swimming|violin|yoga|
ada|airflow|ajax|alteryx|ansible|android|angular|angular js|angularjs|ant|apache|apache beam|apache kafka|
apache spark|apex|arduino|arm|asana|asp.net|assembly|athena|autocad|aws|azure|babel|bamboo|bash|basic|bazel|beam|bert|
bigquery|bitbucket|blender|bokeh|bootstrap|brandwatch|c|c#|c++|cad|cairo|camel|canva|cassandra|catia|celery|ceph|chef|
circleci|clojure|cloudera|cloudformation|cobol|cobra|cognos|confluence|consul|coq|crystal|crystal reports|css|
cucumber|cuda|cypress|d3|dagster|dart|databricks|datadog|dax|db2|dbt|debian|delphi|django|docker|drupal|dynamics|
dynamo|dynamodb|eclipse|elastic|elasticsearch|elixir|elk|elm|ember|envoy|erlang|etl|excel|express|f#|fastapi|fedora|
figma|firebase|flask|flink|flutter|fortran|gatling|gcp|gherkin|git|github|github actions|gitlab|gitlab ci|go|golang|
google analytics|google cloud|gradle|grafana|grails|graphql|groovy|hadoop|haskell|helm|heroku|hibernate|hive|hubspot|
html|hugo|ibm mq|illustrator|impala|indesign|informatica|ionic|istio|jakarta|jasmine|java|java ee|javascript|jboss|
jenkins|jest|jira|jmeter|joomla|jquery|json|julia|junit|jupyter|jwt|kafka|kanban|karma|keras|kibana|knime|kotlin|
kubernetes|lambda|laravel|latex|lean|liferay|linux|lisp|logstash|looker|lua|luigi|lucene|macos|magento|mahout|mariadb|
marketo|mathematica|matlab|maven|maya|mercurial|mesos|microsoft|microsoft excel|microsoft office|microsoft project|
microsoft word|minitab|mlflow|mockito|mongo|mongodb|mq|mulesoft|mysql|nagios|neo4j|netsuite|next.js|nginx|nltk|node|
node.js|nomad|numpy|nuxt|objective-c|ocaml|odoo|okta|opencv|openshift|openstack|oracle|outlook|pandas|pascal|perl|
photoshop|php|pig|playwright|postgres|postgresql|postman|power bi|powerpoint|powershell|presto|prolog|prometheus|
pulumi|puppet|pytest|python|pytorch|qt|quarkus|r|r studio|rabbitmq|rails|ray|react|react native|redis|redshift|redux|
rest|revit|ros|ruby|ruby on rails|rust|saas|sage|salesforce|samza|sap|sap hana|sas|sass|scala|scikit-learn|scrum|
selenium|sentry|servicenow|sharepoint|shell|sigma|simulink|sinatra|six sigma|sketch|slack|snowflake|solidity|
solidworks|solr|sonar|sonarqube|spark|spring|spring boot|splunk|spss|sql|sql server|sqlite|stata|storm|struts|svelte|
swift|swing|symfony|tableau|talend|tcl|tensorflow|terraform|tex|titan|tomcat|trello|trino|typescript|ubuntu|unity|
unix|unreal|unreal engine|vagrant|vault|vba|verilog|vhdl|visio|visual basic|visual studio|vite|vue|vue.js|webpack|
windows|windows server|wordpress|workday|xamarin|xcode|xero|xml|yarn|zabbix|zend|zookeeper|agile|prince2|itil|cpa|cfa|
acca|pmp|gdpr|hipaa|ifrs|gaap|iso|six sigma black belt|kaizen|lean six sigma|bayes|bayesian|markov|monte carlo|gauss|
gaussian|fourier|kalman|turing|poisson|bernoulli|fisher|laplace|hilbert|black scholes|black-scholes|montessori|
pilates|alexander technique|bobath|excel vba|google|google ads|google sheets|facebook ads|adobe|adobe photoshop|
adobe creative suite|adobe illustrator|adobe xd|final cut|final cut pro|pro tools|logic pro|ableton|premiere|
after effects|quickbooks|bloomberg|bloomberg terminal|refinitiv|murex|datev|lexware|zoom|teams|microsoft teams|
amazon web services|amazon s3|amazon redshift|red hat|red hat enterprise linux|cisco|cisco ccna|ccna|juniper|fortinet|
vmware|citrix|netapp|siemens nx|simatic|simatic s7|tia portal|labview|altium|eagle|ansys|abaqus|comsol|creo|
fusion 360|rhino|grasshopper|sketchup|archicad|gis|arcgis|qgis|mapbox|pentaho|qlik|qlikview|qlik sense|sisense|domo|
mixpanel|amplitude|segment|braze|mailchimp|zendesk|intercom|shopify|stripe|twilio|kong|linkerd|jaeger|argo|argo cd|
flux|tekton|spinnaker|drone|travis|travis ci|gerrit|phabricator|mercury|hyperledger|ethereum|solana|langchain|
hugging face|spacy|gensim|xgboost|lightgbm|catboost|prophet|dask|polars|arrow|parquet|iceberg|delta lake|hudi|druid|
pinot|clickhouse|vertica|teradata|greenplum|exasol|couchbase|couchdb|riak|hbase|cockroachdb|timescaledb|influxdb|
faiss|milvus
"""
    )
)

JOB_WORDS: Final = word_set(
    """
    accountant actor actuary administrator adviser advisor agent analyst architect artist assistant associate
    attorney auditor baker banker bookkeeper broker builder buyer carpenter carer cashier chef chemist chief
    clerk coach commerce consultant controller cook coordinator counsel curator data dentist deputy designer
    developer devops director doctor driver economist editor electrician engineer engineering estimator
    executive expert fitter founder freelance full-stack graduate head hr human in-house instructor intern
    interpreter investigator journalist junior lawyer lead leader lecturer librarian logistics manager marketing
    mason mechanic merchandiser midwife nurse officer operations operator owner paralegal paramedic partner
    pharmacist physician physicist physiotherapist pilot planner plumber practitioner president principal
    producer product professional professor programmer project psychologist quality receptionist recruiter
    registered representative research researcher resources sales scientist scrum secretary security senior
    server social software solicitor solutions specialist staff statistician strategist student supervisor
    supply surgeon surveyor systems teacher technical technician technologist tester therapist trader trainee
    trainer translator tutor underwriter vet veterinarian vice waiter warehouse web welder worker writer backend
    frontend cloud machine learning business financial finance legal medical clinical network mobile digital ux
    ui qa it ingenieur entwickler leiter berater informatiker projektleiter ingénieur développeur directeur
    consultant chef ingeniero desarrollador jefe director abogado
    """
)

SUBJECT_WORDS: Final = word_set(
    """
    accounting actuarial administration aerospace aeronautical agriculture algebra analytics anatomy animal
    anthropology applied archaeology architecture art arts artificial astronomy astrophysics automation
    automotive banking biochemistry bioinformatics biology biomedical biotechnology business chemical chemistry
    civil classics commerce communication communications computational computer computing construction
    criminology cybersecurity data dentistry design development digital drama earth econometrics economics
    economy education electrical electronic electronics embedded energy engineering english entrepreneurship
    environmental epidemiology film finance financial fine food forensic genetics geography geology graphic
    health history hospitality human humanities industrial informatics information innovation intelligence
    interaction international investment journalism languages law learning liberal linguistics literature
    logistics machine management manufacturing marine marketing materials mathematics maths mathematical
    mechanical mechanics mechatronics media medicine microbiology molecular music nanotechnology networks
    neuroscience nursing nutrition operations optics organisational pedagogy petroleum pharmacology pharmacy
    philosophy photography physical physics physiology political politics process production project psychology
    public quantitative relations renewable research robotics safety science sciences security social sociology
    software sport sports statistics structural supply surgery surveying sustainability sustainable system
    systems technology telecommunications textile theatre theoretical tourism translation transport urban
    veterinary visual web zoology informatik mathematik physik chemie biologie maschinenbau elektrotechnik
    betriebswirtschaftslehre betriebswirtschaft bwl volkswirtschaftslehre vwl wirtschaftsinformatik
    wirtschaftsingenieurwesen germanistik anglistik jura rechtswissenschaft rechtswissenschaften medizin
    pädagogik psychologie wirtschaft bauingenieurwesen informatique mathématiques physique chimie droit gestion
    économie lettres génie biologie commerce psychologie informática matemáticas física química derecho economía
    empresas administración ingeniería psicología industriales telecomunicaciones contabilidad computación
    """
)

DEGREE_WORDS: Final = word_set(
    """
    ba b.a bsc b.sc beng b.eng bba bcom b.com btech b.tech llb ll.b mbbs ma m.a msc m.sc meng m.eng mba mphil
    mres mtech m.tech llm ll.m phd ph.d dphil doctorate doctor bachelor bachelors bachelor's master masters
    master's diploma diplom diplom-ingenieur dipl dipl.-ing degree associate foundation certificate
    certification honours honors hons first upper second class distinction merit gpa grade cum laude magna summa
    thesis dissertation major minor coursework modules courses a-levels a-level gcse gcses gce ib abitur
    abiturnote note matura baccalauréat bac licence maîtrise doctorat bts dut grado licenciatura máster
    doctorado bachillerato ausbildung promotion staatsexamen hnd nvq btec apprenticeship postgraduate
    undergraduate exchange scholarship scholar dean's list award prize ged high-school abschluss zeugnis
    semester erasmus notendurchschnitt mention moyenne
    """
)
