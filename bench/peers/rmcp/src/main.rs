//! The official Rust SDK as a server with one tool, equal to `test_simple_text`
//! of mcp-fixture: what bench/run_mcp measures MeshAI beside. It is set up the
//! way the SDK's own documentation does it, with its sessions, for the best
//! time: no log, no delay of small packets.
//!
//! `mcp-peer [--threads N] [--json-answers]` prints `ready http://127.0.0.1:PORT`
//! and serves `/mcp`.

use std::sync::Arc;

use axum::serve::ListenerExt;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, JsonObject,
        ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};

const TOOL: &str = "test_simple_text";

#[derive(Clone)]
struct OneTool;

impl ServerHandler for OneTool {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut schema = JsonObject::new();
        schema.insert("type".into(), serde_json::json!("object"));
        let tool = Tool::new(TOOL, "Answers with one text", schema);
        Ok(ListToolsResult::with_all_items(vec![tool]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if request.name != TOOL {
            return Err(ErrorData::invalid_params(format!("Unknown tool: {}", request.name), None));
        }
        let text = ContentBlock::text("This is a simple text response for testing.");
        Ok(CallToolResult::success(vec![text]).into())
    }
}

struct Wanted {
    threads: usize,
    json_answers: bool,
}

fn wanted() -> Result<Wanted, String> {
    let mut wanted = Wanted { threads: 1, json_answers: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json-answers" => wanted.json_answers = true,
            "--threads" => {
                let number = words.next().and_then(|text| text.parse().ok());
                wanted.threads = number.filter(|threads| *threads > 0).ok_or("--threads needs a number over 0")?;
            }
            _ => return Err(format!("unknown word {word}; there are --threads N and --json-answers")),
        }
    }
    Ok(wanted)
}

async fn serve(json_answers: bool) -> std::io::Result<()> {
    let config = StreamableHttpServerConfig::default().with_json_response(json_answers);
    let service = StreamableHttpService::new(|| Ok(OneTool), Arc::new(LocalSessionManager::default()), config);
    let router = axum::Router::new().nest_service("/mcp", service);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("ready http://{}", listener.local_addr()?);
    // Nagle's algorithm and delayed acknowledgements together would cost 40 ms a
    // call, which is nothing about the SDK.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await
}

fn main() {
    let wanted = wanted().unwrap_or_else(|problem| {
        eprintln!("mcp-peer: {problem}");
        std::process::exit(2);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(wanted.threads)
        .enable_all()
        .build()
        .expect("the runtime starts");
    if let Err(problem) = runtime.block_on(serve(wanted.json_answers)) {
        eprintln!("mcp-peer: {problem}");
        std::process::exit(1);
    }
}
